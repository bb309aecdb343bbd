using System.Globalization;
using System.Text;

using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// How far each log of a directory was valid, synced or not, about a second ago: what lets a node that was killed come
/// back without reading its logs again. Belongs to one boot of the machine, because it speaks of the page cache. Kafka
/// ignores the file and needs nothing of it.
/// </summary>
/// <remarks>
/// Text: <c>1 bootId session</c>, then per log <c>topic partition segmentBase position endOffset lastBatchPosition
/// lastBatchCrc hasProducers</c>, then the CRC-32C of all lines before. Anything odd makes the whole file void.
/// </remarks>
internal sealed record ValidatedPositions(
    string BootId, Uuid Session, Dictionary<TopicPartition, ValidatedPosition> Logs)
{
    public const string Name = ".barnabas-validated-positions";

    // Characters: far below what the heap takes for large objects, which it collects rarely.
    private const int PieceLength = 16 * 1024;

    public static ValidatedPositions None { get; } = new("", default, []);

    /// <summary>
    /// The content in pieces of bounded size: of many logs it is long, and written often. Of two entries for one log
    /// the later counts.
    /// </summary>
    public static IEnumerable<byte[]> Format(
        string bootId, Uuid session, IEnumerable<KeyValuePair<TopicPartition, ValidatedPosition>> logs)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        var text = new StringBuilder();
        text.Append(culture, $"1 {bootId} {session}\n");
        uint crc = 0;
        foreach ((TopicPartition partition, ValidatedPosition log) in logs)
        {
            if (text.Length >= PieceLength)
            {
                yield return TakePiece(text, ref crc);
            }

            text.Append(culture, $"{partition.Topic} {partition.Partition} {log.SegmentBase.Value} {log.Position} ");
            text.Append(culture, $"{log.EndOffset.Value} {log.LastBatchPosition} {log.LastBatchCrc} ");
            text.Append(log.HasProducers ? "1\n" : "0\n");
        }

        byte[] last = TakePiece(text, ref crc);
        yield return [.. last, .. Encoding.UTF8.GetBytes(crc.ToString(culture) + "\n")];
    }

    /// <summary><see cref="None"/> if the content is not exactly what <see cref="Format"/> writes.</summary>
    public static ValidatedPositions Parse(ReadOnlySpan<byte> content)
    {
        int sealAt = content.Length < 2 ? -1 : content[..^1].LastIndexOf((byte)'\n') + 1;
        if (sealAt <= 0
            || !uint.TryParse(
                Encoding.UTF8.GetString(content[sealAt..]).AsSpan().TrimEnd('\n'),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out uint crc)
            || crc != Crc32C.Compute(content[..sealAt]))
        {
            return None;
        }

        string[] lines = Encoding.UTF8.GetString(content[..(sealAt - 1)]).Split('\n');
        string[] head = lines[0].Split(' ');
        if (head.Length != 3 || head[0] != "1" || !Uuid.TryParse(head[2], out Uuid session))
        {
            return None;
        }

        var logs = new Dictionary<TopicPartition, ValidatedPosition>(lines.Length);
        foreach (string line in lines.AsSpan(1))
        {
            string[] words = line.Split(' ');
            if (words.Length != 8 || !TryParse(words, out TopicPartition partition, out ValidatedPosition? log))
            {
                return None;
            }

            logs[partition] = log;
        }

        return new ValidatedPositions(head[1], session, logs);
    }

    private static byte[] TakePiece(StringBuilder text, ref uint crc)
    {
        byte[] piece = Encoding.UTF8.GetBytes(text.ToString());
        text.Clear();
        crc = Crc32C.Append(crc, piece);
        return piece;
    }

    private static bool TryParse(
        string[] words,
        out TopicPartition partition,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ValidatedPosition? log)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        partition = default;
        log = null;
        if (!int.TryParse(words[1], NumberStyles.None, culture, out int number)
            || !long.TryParse(words[2], NumberStyles.None, culture, out long segmentBase)
            || !int.TryParse(words[3], NumberStyles.None, culture, out int position)
            || !long.TryParse(words[4], NumberStyles.None, culture, out long end)
            || !int.TryParse(words[5], NumberStyles.AllowLeadingSign, culture, out int lastBatch)
            || !uint.TryParse(words[6], NumberStyles.None, culture, out uint lastCrc))
        {
            return false;
        }

        partition = new TopicPartition(words[0], number);
        log = new ValidatedPosition(
            new Offset(segmentBase), position, new Offset(end), lastBatch, lastCrc, words[7] != "0");
        return true;
    }
}
