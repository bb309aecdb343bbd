using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>A broker registers (KIP-500): each start of its process, with a new incarnation id.</summary>
public sealed class RegisterBrokerCommand(BrokerRegistrationRequest request) : ControllerCommand
{
    public BrokerRegistrationResponse Response { get; } = new();

    public override void Fail(ErrorCode error, string? message)
    {
        Response.ErrorCode = (short)error;
        Response.BrokerEpoch = -1;
    }

    internal override void Decide(ControllerStep step)
    {
        MetadataVersion version = step.Version;
        var id = new BrokerId(request.BrokerId);
        if (request.ClusterId != step.Options.ClusterId)
        {
            throw new ControllerException(
                ErrorCode.InconsistentClusterId,
                $"Expected cluster ID {step.Options.ClusterId}, but got cluster ID {request.ClusterId}");
        }

        step.Image.TryGetBroker(id, out BrokerRegistration? existing);
        bool isSameIncarnation = existing is not null && existing.IncarnationId == request.IncarnationId;
        if (existing is not null
            && !isSameIncarnation
            && step.Sessions.IsValid(id, existing.Epoch, step.Now))
        {
            throw new ControllerException(
                ErrorCode.DuplicateBrokerRegistration,
                $"Another incarnation of broker {id} holds a session.");
        }

        if (request.IsMigratingZkBroker)
        {
            throw new ControllerException(
                ErrorCode.BrokerIdNotRegistered,
                "Controller does not support registering ZK brokers.");
        }

        RequireDirectories(step, version, id);
        RequireFeatures(step, version);

        // Safe in pieces as long as the registration comes last: a broker whose registration is missing asks again.
        step.IsAtomic = false;
        if (!isSameIncarnation)
        {
            bool wasClean = existing is not null && existing.Epoch == request.PreviousBrokerEpoch;
            BrokerChanges.AddShutdown(step, id, wasClean);
        }

        // Kafka's epoch is the offset at which the step begins; unique and rising, for offsets are never reused (I-20).
        long epoch = isSameIncarnation ? existing!.Epoch : step.NextOffset;
        step.Add(ToRecord(version, epoch, isSameIncarnation ? existing : null), version.RegisterBrokerRecordVersion);
        Response.BrokerEpoch = epoch;
    }

    private RegisterBrokerRecord ToRecord(MetadataVersion version, long epoch, BrokerRegistration? renewed)
    {
        var record = new RegisterBrokerRecord
        {
            BrokerId = request.BrokerId,
            IncarnationId = request.IncarnationId,
            BrokerEpoch = epoch,
            Rack = request.Rack,
            Fenced = renewed?.Fenced ?? true,
            InControlledShutdown = renewed?.InControlledShutdown ?? false,
            LogDirs = version.HasDirectoryAssignment ? [.. request.LogDirs] : [],
        };
        foreach (BrokerRegistrationRequest.Listener listener in request.Listeners)
        {
            record.EndPoints.Add(new RegisterBrokerRecord.BrokerEndpoint
            {
                Name = listener.Name,
                Host = listener.Host,
                Port = listener.Port,
                SecurityProtocol = listener.SecurityProtocol,
            });
        }

        foreach (BrokerRegistrationRequest.Feature feature in request.Features)
        {
            record.Features.Add(new RegisterBrokerRecord.BrokerFeature
            {
                Name = feature.Name,
                MinSupportedVersion = feature.MinSupportedVersion,
                MaxSupportedVersion = feature.MaxSupportedVersion,
            });
        }

        return record;
    }

    private void RequireDirectories(ControllerStep step, MetadataVersion version, BrokerId id)
    {
        if (!version.HasDirectoryAssignment)
        {
            return;
        }

        if (request.LogDirs.Count == 0)
        {
            throw new ControllerException(ErrorCode.InvalidRegistration, "No directories specified in request");
        }

        var seen = new SortedSet<Uuid>();
        foreach (Uuid directory in request.LogDirs)
        {
            if (DirectoryId.IsReserved(directory))
            {
                throw new ControllerException(ErrorCode.InvalidRegistration, "Reserved directory ID in request");
            }

            if (!seen.Add(directory))
            {
                throw new ControllerException(ErrorCode.InvalidRegistration, "Duplicate directory ID in request");
            }
        }

        foreach (BrokerRegistration other in step.Image.Brokers.Values)
        {
            if (other.Id != id && other.LogDirectories.Any(seen.Contains))
            {
                throw new ControllerException(
                    ErrorCode.InvalidRegistration,
                    $"Broker {other.Id} is already registered with one of the directories");
            }
        }
    }

    private void RequireFeatures(ControllerStep step, MetadataVersion version)
    {
        var supported = new SortedDictionary<string, VersionRange>(StringComparer.Ordinal);
        foreach (BrokerRegistrationRequest.Feature feature in request.Features)
        {
            supported[feature.Name] = new VersionRange(feature.MinSupportedVersion, feature.MaxSupportedVersion);
        }

        if (!supported.ContainsKey(MetadataVersion.FeatureName))
        {
            throw new ControllerException(
                ErrorCode.InvalidRegistration,
                $"Request features do not contain '{MetadataVersion.FeatureName}'");
        }

        RequireFeature(supported, MetadataVersion.FeatureName, version.Level);
        foreach ((string name, short level) in step.Image.Features)
        {
            RequireFeature(supported, name, level);
        }

        foreach ((string name, VersionRange range) in supported)
        {
            if (range.Min > 0
                && name is not (MetadataVersion.FeatureName or Feature.KRaftVersionName)
                && !step.Image.Features.ContainsKey(name))
            {
                RequireFeature(supported, name, 0);
            }
        }
    }

    private static void RequireFeature(
        SortedDictionary<string, VersionRange> supported,
        string name,
        short finalized)
    {
        VersionRange range = supported.GetValueOrDefault(name);
        if (!range.Contains(finalized))
        {
            throw new ControllerException(
                ErrorCode.UnsupportedVersion,
                $"Unable to register because the broker does not support finalized version {finalized} of {name}. " +
                $"The broker wants a version between {range.Min} and {range.Max}, inclusive.");
        }
    }
}
