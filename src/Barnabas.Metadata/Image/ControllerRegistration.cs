using System.Collections.Immutable;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>What a controller said of itself when it registered (KIP-919). Immutable.</summary>
public sealed record ControllerRegistration
{
    public required BrokerId Id { get; init; }

    /// <summary>Drawn anew by each start of the process.</summary>
    public required Uuid IncarnationId { get; init; }

    public bool ZkMigrationReady { get; init; }

    public required ImmutableArray<Endpoint> Endpoints { get; init; }

    public required ImmutableSortedDictionary<string, VersionRange> Features { get; init; }

    public static ControllerRegistration FromRecord(RegisterControllerRecord record)
    {
        var endpoints = ImmutableArray.CreateBuilder<Endpoint>(record.EndPoints.Count);
        foreach (RegisterControllerRecord.ControllerEndpoint endpoint in record.EndPoints)
        {
            endpoints.Add(new Endpoint(endpoint.Name, endpoint.Host, endpoint.Port, endpoint.SecurityProtocol));
        }

        var features = ImmutableSortedDictionary.CreateBuilder<string, VersionRange>(StringComparer.Ordinal);
        foreach (RegisterControllerRecord.ControllerFeature feature in record.Features)
        {
            features[feature.Name] = new VersionRange(feature.MinSupportedVersion, feature.MaxSupportedVersion);
        }

        return new ControllerRegistration
        {
            Id = new BrokerId(record.ControllerId),
            IncarnationId = record.IncarnationId,
            ZkMigrationReady = record.ZkMigrationReady,
            Endpoints = endpoints.MoveToImmutable(),
            Features = features.ToImmutable(),
        };
    }

    /// <summary>The endpoint of a listener; null if the controller does not have it.</summary>
    public Endpoint? FindEndpoint(string listenerName)
    {
        foreach (Endpoint endpoint in Endpoints)
        {
            if (endpoint.Name == listenerName)
            {
                return endpoint;
            }
        }

        return null;
    }

    /// <summary>By content: the arrays are compared element by element.</summary>
    public bool Equals(ControllerRegistration? other) =>
        other is not null
        && Id == other.Id
        && IncarnationId == other.IncarnationId
        && ZkMigrationReady == other.ZkMigrationReady
        && Endpoints.AsSpan().SequenceEqual(other.Endpoints.AsSpan())
        && Features.SequenceEqual(other.Features);

    public override int GetHashCode() => Id.Value;

    public MessageAndVersion ToRecord()
    {
        var record = new RegisterControllerRecord
        {
            ControllerId = Id.Value,
            IncarnationId = IncarnationId,
            ZkMigrationReady = ZkMigrationReady,
        };
        foreach (Endpoint endpoint in Endpoints)
        {
            record.EndPoints.Add(new RegisterControllerRecord.ControllerEndpoint
            {
                Name = endpoint.Name,
                Host = endpoint.Host,
                Port = endpoint.Port,
                SecurityProtocol = endpoint.SecurityProtocol,
            });
        }

        foreach ((string name, VersionRange range) in Features)
        {
            record.Features.Add(new RegisterControllerRecord.ControllerFeature
            {
                Name = name,
                MinSupportedVersion = range.Min,
                MaxSupportedVersion = range.Max,
            });
        }

        return new MessageAndVersion(record, 0);
    }
}
