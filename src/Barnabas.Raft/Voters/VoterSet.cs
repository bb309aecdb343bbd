using System.Collections.Immutable;
using System.Globalization;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Raft;

/// <summary>Who votes. Immutable.</summary>
public sealed class VoterSet : IEquatable<VoterSet>
{
    private readonly ImmutableSortedDictionary<BrokerId, Voter> _voters;

    private VoterSet(ImmutableSortedDictionary<BrokerId, Voter> voters)
    {
        _voters = voters;
    }

    public static VoterSet Empty { get; } = new(ImmutableSortedDictionary<BrokerId, Voter>.Empty);

    public int Count => _voters.Count;

    /// <summary>In the order of their ids.</summary>
    public IEnumerable<Voter> Voters => _voters.Values;

    /// <summary>How many votes elect, and how many copies commit.</summary>
    public int Majority => (Count / 2) + 1;

    /// <summary>Throws <see cref="FormatException"/> if an id comes twice.</summary>
    public static VoterSet Of(IEnumerable<Voter> voters)
    {
        var byId = ImmutableSortedDictionary.CreateBuilder<BrokerId, Voter>();
        foreach (Voter voter in voters)
        {
            if (!byId.TryAdd(voter.Key.Id, voter))
            {
                throw new FormatException($"Node id {voter.Key.Id} was specified more than once.");
            }
        }

        return new VoterSet(byId.ToImmutable());
    }

    /// <summary>
    /// <c>controller.quorum.voters</c>: <c>id@host:port,…</c>, where brackets enclose an IPv6 address. Throws
    /// <see cref="FormatException"/>.
    /// </summary>
    public static VoterSet ParseStatic(string text, string listener)
    {
        var voters = new List<Voter>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            (int id, string host, ushort port, string rest) = ParseAddress(part);
            if (rest.Length > 0)
            {
                throw new FormatException($"Unexpected '{rest}' behind the port of voter '{part}'.");
            }

            voters.Add(NewVoter(id, Uuid.Zero, listener, host, port));
        }

        return Of(voters);
    }

    /// <summary><c>--initial-controllers</c>: <c>id@host:port:directory,…</c>. Throws
    /// <see cref="FormatException"/>.</summary>
    public static VoterSet ParseDynamic(string text, string listener)
    {
        var voters = new List<Voter>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            (int id, string host, ushort port, string rest) = ParseAddress(part);
            if (!rest.StartsWith(':'))
            {
                throw new FormatException("No colon following port could be found.");
            }

            if (!Uuid.TryParse(rest.AsSpan(1), out Uuid directory))
            {
                throw new FormatException("Failed to parse directory ID in dynamic voter string.");
            }

            voters.Add(NewVoter(id, directory, listener, host, port));
        }

        return voters.Count > 0 ? Of(voters) : throw new FormatException("No voters given.");
    }

    public static VoterSet FromRecord(VotersRecord record)
    {
        var voters = new List<Voter>(record.Voters.Count);
        foreach (VotersRecord.Voter voter in record.Voters)
        {
            var endpoints = ImmutableArray.CreateBuilder<VoterEndpoint>(voter.Endpoints.Count);
            foreach (VotersRecord.Endpoint endpoint in voter.Endpoints)
            {
                endpoints.Add(new VoterEndpoint(endpoint.Name, endpoint.Host, endpoint.Port));
            }

            voters.Add(new Voter
            {
                Key = new ReplicaKey(new BrokerId(voter.VoterId), voter.VoterDirectoryId),
                Endpoints = endpoints.MoveToImmutable(),
                KRaftVersionMin = voter.KRaftVersionFeature.MinSupportedVersion,
                KRaftVersionMax = voter.KRaftVersionFeature.MaxSupportedVersion,
            });
        }

        return Of(voters);
    }

    public VotersRecord ToRecord()
    {
        var record = new VotersRecord();
        foreach (Voter voter in Voters)
        {
            var written = new VotersRecord.Voter
            {
                VoterId = voter.Key.Id.Value,
                VoterDirectoryId = voter.Key.Directory,
            };
            written.KRaftVersionFeature.MinSupportedVersion = voter.KRaftVersionMin;
            written.KRaftVersionFeature.MaxSupportedVersion = voter.KRaftVersionMax;
            foreach (VoterEndpoint endpoint in voter.Endpoints)
            {
                written.Endpoints.Add(new() { Name = endpoint.Listener, Host = endpoint.Host, Port = endpoint.Port });
            }

            record.Voters.Add(written);
        }

        return record;
    }

    public Voter? Find(BrokerId id) => _voters.GetValueOrDefault(id);

    /// <summary>True for a voter. A directory that either side does not know is not compared.</summary>
    public bool Contains(ReplicaKey replica) =>
        _voters.TryGetValue(replica.Id, out Voter? voter)
        && (voter.Key.Directory.IsZero || replica.Directory.IsZero || voter.Key.Directory == replica.Directory);

    public bool IsOnlyVoter(ReplicaKey replica) => Count == 1 && Contains(replica);

    /// <summary>The set with one member's description replaced; the member must be in it.</summary>
    public VoterSet WithUpdated(Voter voter)
    {
        Invariant.That(Contains(voter.Key));
        return new VoterSet(_voters.SetItem(voter.Key.Id, voter));
    }

    public bool Equals(VoterSet? other) => other is not null && Voters.SequenceEqual(other.Voters);

    public override bool Equals(object? obj) => Equals(obj as VoterSet);

    public override int GetHashCode() => Count;

    public override string ToString() => string.Join(',', Voters.Select(static voter => voter.Key));

    private static Voter NewVoter(int id, Uuid directory, string listener, string host, ushort port) => new()
    {
        Key = new ReplicaKey(new BrokerId(id), directory),
        Endpoints = [new VoterEndpoint(listener, host, port)],
    };

    private static (int Id, string Host, ushort Port, string Tail) ParseAddress(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0 || !int.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
        {
            throw new FormatException($"Failed to parse a node id before '@' in voter '{text}'.");
        }

        string address = text[(at + 1)..];
        bool isBracketed = address.StartsWith('[');
        int hostEnd = address.IndexOf(isBracketed ? ']' : ':', StringComparison.Ordinal);
        if (hostEnd < 0)
        {
            throw new FormatException($"No end of the host name was found in voter '{text}'.");
        }

        string host = isBracketed ? address[1..hostEnd] : address[..hostEnd];
        string afterHost = address[(isBracketed ? hostEnd + 1 : hostEnd)..];
        int digits = 1;
        while (digits < afterHost.Length && char.IsAsciiDigit(afterHost[digits]))
        {
            digits++;
        }

        if (!afterHost.StartsWith(':')
            || !ushort.TryParse(
                afterHost.AsSpan(1, digits - 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            throw new FormatException($"Failed to parse a port in voter '{text}'.");
        }

        return (id, host, port, afterHost[digits..]);
    }
}
