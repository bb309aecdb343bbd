using System.Globalization;
using System.Text;

using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// <c>meta.properties</c>: whose log directory this is. Version 1 (KRaft) holds cluster id, node id and, since KIP-858,
/// the directory's own id. Pure.
/// </summary>
/// <param name="Version">0 (ZooKeeper era, <c>broker.id</c>) or 1.</param>
/// <param name="ClusterId">Null if absent.</param>
/// <param name="NodeId">Null if absent.</param>
/// <param name="DirectoryId">Zero if absent.</param>
public sealed record MetaProperties(int Version, string? ClusterId, int? NodeId, Uuid DirectoryId)
{
    /// <summary>The file's name.</summary>
    public const string Name = "meta.properties";

    public byte[] Format()
    {
        var text = new StringBuilder("#\n");
        if (ClusterId is { } clusterId)
        {
            text.Append("cluster.id=").Append(clusterId).Append('\n');
        }

        if (!DirectoryId.IsZero)
        {
            text.Append("directory.id=").Append(DirectoryId.ToString()).Append('\n');
        }

        if (NodeId is { } nodeId)
        {
            string key = Version == 0 ? "broker.id=" : "node.id=";
            text.Append(key).Append(nodeId.ToString(CultureInfo.InvariantCulture)).Append('\n');
        }

        text.Append("version=").Append(Version.ToString(CultureInfo.InvariantCulture)).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static MetaProperties Parse(ReadOnlySpan<byte> content, string path)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string raw in Encoding.UTF8.GetString(content).Split('\n'))
        {
            string line = raw.Trim();
            int equals = line.IndexOfAny(['=', ':']);
            if (line.Length == 0 || line[0] is '#' or '!' || equals < 0)
            {
                continue;
            }

            values[line[..equals].Trim()] = line[(equals + 1)..].Trim().Replace("\\", "", StringComparison.Ordinal);
        }

        int version = values.TryGetValue("version", out string? v) ? ParseNumber(v, "version", path) : 0;
        string idKey = version == 0 ? "broker.id" : "node.id";
        if (version is < 0 or > 1)
        {
            throw new CheckpointFormatException($"{path}: version {version} where 0 or 1 is due");
        }

        Uuid directoryId = default;
        if (values.TryGetValue("directory.id", out string? text) && !Uuid.TryParse(text, out directoryId))
        {
            throw new CheckpointFormatException($"{path}: directory.id '{text}' is no id");
        }

        return new MetaProperties(
            version,
            values.GetValueOrDefault("cluster.id"),
            values.TryGetValue(idKey, out string? id) ? ParseNumber(id, idKey, path) : null,
            directoryId);
    }

    private static int ParseNumber(string text, string key, string path) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new CheckpointFormatException($"{path}: {key} '{text}' is no number");
}
