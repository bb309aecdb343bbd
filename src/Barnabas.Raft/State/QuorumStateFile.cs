using System.Text;
using System.Text.Json;
using Barnabas.Kernel;

namespace Barnabas.Raft;

/// <summary>
/// The file <c>quorum-state</c> beside the metadata log: JSON, version 0 in quorums of static voters, version 1 since
/// KIP-853. Written to a temporary name, synced, renamed, and the directory synced: a crash leaves the old or the new.
/// </summary>
public sealed class QuorumStateFile(IDisk disk, string directory)
{
    /// <summary>The file's name.</summary>
    public const string Name = "quorum-state";

    // A whole state is a few hundred bytes; anything large is not this file.
    private const int SizeMax = 64 * 1024;

    private readonly string _path = $"{directory}/{Name}";

    /// <summary>The state that was saved last, or null if none ever was. Throws
    /// <see cref="QuorumStateException"/>.</summary>
    public ElectionState? Load()
    {
        // What a crash left of an unfinished save.
        disk.DeleteFile(_path + ".tmp");
        if (!disk.FileExists(_path))
        {
            return null;
        }

        using IDiskFile file = disk.Open(_path, FileOpening.Read);
        if (file.Length > SizeMax)
        {
            throw new QuorumStateException($"{_path} has {file.Length} bytes and cannot be a quorum state.");
        }

        var bytes = new byte[file.Length];
        int read = file.Read(bytes, 0);
        return Parse(bytes.AsMemory(0, read));
    }

    /// <summary>Durable when it returns.</summary>
    /// <param name="kraftVersion">0 writes version 0 with <paramref name="voters"/>, else version 1.</param>
    public void Save(ElectionState state, short kraftVersion, VoterSet voters)
    {
        byte[] bytes = kraftVersion == 0 ? FormatVersion0(state, voters) : FormatVersion1(state);
        string temporary = _path + ".tmp";
        using (IDiskFile file = disk.Open(temporary, FileOpening.CreateOrTruncate))
        {
            file.Write(bytes, 0);
            file.Sync();
        }

        disk.Rename(temporary, _path);
        disk.SyncDirectory(directory);
    }

    private static byte[] FormatVersion0(ElectionState state, VoterSet voters)
    {
        string ids = string.Join(',', voters.Voters.Select(static voter => $"{{\"voterId\":{voter.Key.Id}}}"));
        return Encoding.UTF8.GetBytes(
            $"{{\"clusterId\":\"\",\"leaderId\":{state.Leader},\"leaderEpoch\":{state.Epoch}," +
            $"\"votedId\":{VotedId(state)},\"appliedOffset\":0,\"currentVoters\":[{ids}],\"data_version\":0}}");
    }

    private static byte[] FormatVersion1(ElectionState state) => Encoding.UTF8.GetBytes(
        $"{{\"leaderId\":{state.Leader},\"leaderEpoch\":{state.Epoch},\"votedId\":{VotedId(state)}," +
        $"\"votedDirectoryId\":\"{state.Voted?.Directory ?? Uuid.Zero}\",\"data_version\":1}}");

    private static int VotedId(ElectionState state) => (state.Voted?.Id ?? BrokerId.None).Value;

    private ElectionState Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            int version = root.GetProperty("data_version").GetInt32();
            if (version is not (0 or 1))
            {
                throw new QuorumStateException($"{_path} has the unknown version {version}.");
            }

            int votedId = root.GetProperty("votedId").GetInt32();
            Uuid directory = default;
            if (version == 1 && !Uuid.TryParse(root.GetProperty("votedDirectoryId").GetString(), out directory))
            {
                throw new QuorumStateException($"{_path} names a voted directory that is no id.");
            }

            int epoch = root.GetProperty("leaderEpoch").GetInt32();
            if (epoch < 0)
            {
                throw new QuorumStateException($"{_path} has the epoch {epoch}.");
            }

            return new ElectionState(
                epoch,
                new BrokerId(root.GetProperty("leaderId").GetInt32()),
                votedId < 0 ? null : new ReplicaKey(new BrokerId(votedId), directory));
        }
        catch (Exception damage) when (
            damage is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new QuorumStateException($"{_path} cannot be read: {damage.Message}");
        }
    }
}
