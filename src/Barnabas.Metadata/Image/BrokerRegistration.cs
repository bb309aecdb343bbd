using System.Collections.Immutable;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>What a broker said of itself when it registered, and what became of it since. Immutable.</summary>
public sealed record BrokerRegistration
{
    public required BrokerId Id { get; init; }

    /// <summary>The offset of the registration in the metadata log: a later registration has a higher one.</summary>
    public required long Epoch { get; init; }

    /// <summary>Drawn anew by each start of the process.</summary>
    public required Uuid IncarnationId { get; init; }

    public required ImmutableArray<Endpoint> Endpoints { get; init; }

    public required ImmutableSortedDictionary<string, VersionRange> Features { get; init; }

    public string? Rack { get; init; }

    /// <summary>A fenced broker is in no ISR and leads nothing.</summary>
    public bool Fenced { get; init; }

    public bool InControlledShutdown { get; init; }

    public bool IsMigratingZkBroker { get; init; }

    /// <summary>Log directories that are online. Empty if the registration is older than KIP-858.</summary>
    public required ImmutableArray<Uuid> LogDirectories { get; init; }

    /// <summary>Log directories that take no new replicas; null until the broker reported them (KIP-1066).</summary>
    public ImmutableArray<Uuid>? CordonedLogDirectories { get; init; }

    /// <summary>Neither fenced nor shutting down: may lead and join ISRs.</summary>
    public bool IsActive => !Fenced && !InControlledShutdown;

    /// <summary>At least one log directory takes new replicas.</summary>
    public bool TakesNewReplicas
    {
        get
        {
            if (LogDirectories.IsEmpty || CordonedLogDirectories is not { } cordoned)
            {
                return true;
            }

            foreach (Uuid directory in LogDirectories)
            {
                if (!cordoned.Contains(directory))
                {
                    return true;
                }
            }

            return false;
        }
    }

    public static BrokerRegistration FromRecord(RegisterBrokerRecord record)
    {
        var endpoints = ImmutableArray.CreateBuilder<Endpoint>(record.EndPoints.Count);
        foreach (RegisterBrokerRecord.BrokerEndpoint endpoint in record.EndPoints)
        {
            endpoints.Add(new Endpoint(endpoint.Name, endpoint.Host, endpoint.Port, endpoint.SecurityProtocol));
        }

        var features = ImmutableSortedDictionary.CreateBuilder<string, VersionRange>(StringComparer.Ordinal);
        foreach (RegisterBrokerRecord.BrokerFeature feature in record.Features)
        {
            features[feature.Name] = new VersionRange(feature.MinSupportedVersion, feature.MaxSupportedVersion);
        }

        return new BrokerRegistration
        {
            Id = new BrokerId(record.BrokerId),
            Epoch = record.BrokerEpoch,
            IncarnationId = record.IncarnationId,
            Endpoints = endpoints.MoveToImmutable(),
            Features = features.ToImmutable(),
            Rack = record.Rack,
            Fenced = record.Fenced,
            InControlledShutdown = record.InControlledShutdown,
            IsMigratingZkBroker = record.IsMigratingZkBroker,
            LogDirectories = [.. record.LogDirs],
            CordonedLogDirectories = record.CordonedLogDirs is { } cordoned ? [.. cordoned] : null,
        };
    }

    /// <summary>This broker after a change; absent fields leave it as it is.</summary>
    public BrokerRegistration With(BrokerRegistrationChangeRecord change)
    {
        Fault.If(change.Fenced is < -1 or > 1, $"Unknown fencing change {change.Fenced} of broker {Id}.");
        Fault.If(
            change.InControlledShutdown is < 0 or > 1,
            $"Unknown controlled shutdown change {change.InControlledShutdown} of broker {Id}.");
        return this with
        {
            Fenced = change.Fenced == 0 ? Fenced : change.Fenced > 0,
            InControlledShutdown = InControlledShutdown || change.InControlledShutdown == 1,
            LogDirectories = change.LogDirs is { Count: > 0 } online ? [.. online] : LogDirectories,
            CordonedLogDirectories = change.CordonedLogDirs is { } cordoned ? [.. cordoned] : CordonedLogDirectories,
        };
    }

    /// <summary>The endpoint of a listener; null if the broker does not have it.</summary>
    public Endpoint? FindEndpoint(string listenerName)
    {
        foreach (Endpoint endpoint in Endpoints)
        {
            if (string.Equals(endpoint.Name, listenerName, StringComparison.Ordinal))
            {
                return endpoint;
            }
        }

        return null;
    }

    /// <summary>True if a replica in this directory can serve. Unknown directories of old records count as
    /// online.</summary>
    public bool HasOnline(Uuid directory) =>
        directory == DirectoryId.Unassigned
        || directory == DirectoryId.Migrating
        || (directory != DirectoryId.Lost && (LogDirectories.IsEmpty || LogDirectories.Contains(directory)));

    /// <summary>By content: the arrays are compared element by element.</summary>
    public bool Equals(BrokerRegistration? other) =>
        other is not null
        && Id == other.Id
        && Epoch == other.Epoch
        && IncarnationId == other.IncarnationId
        && Rack == other.Rack
        && Fenced == other.Fenced
        && InControlledShutdown == other.InControlledShutdown
        && IsMigratingZkBroker == other.IsMigratingZkBroker
        && Endpoints.AsSpan().SequenceEqual(other.Endpoints.AsSpan())
        && Features.SequenceEqual(other.Features)
        && LogDirectories.AsSpan().SequenceEqual(other.LogDirectories.AsSpan())
        && CordonedLogDirectories.HasValue == other.CordonedLogDirectories.HasValue
        && (CordonedLogDirectories ?? []).AsSpan().SequenceEqual((other.CordonedLogDirectories ?? []).AsSpan());

    public override int GetHashCode() => (Id.Value * 31) + (int)Epoch;

    public MessageAndVersion ToRecord(MetadataVersion version)
    {
        var record = new RegisterBrokerRecord
        {
            BrokerId = Id.Value,
            IsMigratingZkBroker = IsMigratingZkBroker,
            IncarnationId = IncarnationId,
            BrokerEpoch = Epoch,
            Rack = Rack,
            Fenced = Fenced,
            InControlledShutdown = InControlledShutdown,
        };
        foreach (Endpoint endpoint in Endpoints)
        {
            record.EndPoints.Add(new RegisterBrokerRecord.BrokerEndpoint
            {
                Name = endpoint.Name,
                Host = endpoint.Host,
                Port = endpoint.Port,
                SecurityProtocol = endpoint.SecurityProtocol,
            });
        }

        foreach ((string name, VersionRange range) in Features)
        {
            record.Features.Add(new RegisterBrokerRecord.BrokerFeature
            {
                Name = name,
                MinSupportedVersion = range.Min,
                MaxSupportedVersion = range.Max,
            });
        }

        if (version.HasDirectoryAssignment)
        {
            record.LogDirs = [.. LogDirectories];
        }

        if (version.HasCordonedLogDirs && CordonedLogDirectories is { } cordoned)
        {
            record.CordonedLogDirs = [.. cordoned];
        }

        return new MessageAndVersion(record, version.RegisterBrokerRecordVersion);
    }
}
