using System.Globalization;

using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>
/// How Kafka names the files of a segment: the base offset in twenty digits, then what the file holds.
/// </summary>
internal static class SegmentFileNames
{
    public const string Log = ".log";
    public const string OffsetIndex = ".index";
    public const string TimeIndex = ".timeindex";
    public const string TransactionIndex = ".txnindex";
    public const string ProducerSnapshot = ".snapshot";

    /// <summary>Marks a file whose removal waits for <c>file.delete.delay.ms</c>.</summary>
    public const string Deleted = ".deleted";

    /// <summary>An unfinished output of Kafka's cleaner; worthless.</summary>
    public const string Cleaned = ".cleaned";

    /// <summary>A finished output of Kafka's cleaner that replaces what it covers.</summary>
    public const string Swap = ".swap";

    // long.MaxValue has 19 digits; Kafka pads to 20.
    private const int OffsetDigits = 20;

    /// <summary>The files that come and go with a segment.</summary>
    public static IReadOnlyList<string> Owned { get; } = [Log, OffsetIndex, TimeIndex, TransactionIndex];

    public static string Of(Offset baseOffset, string suffix) =>
        baseOffset.Value.ToString("D20", CultureInfo.InvariantCulture) + suffix;

    public static string PathOf(string directory, Offset baseOffset, string suffix) =>
        $"{directory}/{Of(baseOffset, suffix)}";

    /// <summary>
    /// True for exactly the names that <see cref="Of"/> makes with this suffix. Anything else in a partition's
    /// directory is none of its segments.
    /// </summary>
    public static bool TryParse(string name, string suffix, out Offset baseOffset)
    {
        baseOffset = Offset.None;
        if (name.Length != OffsetDigits + suffix.Length || !name.EndsWith(suffix, StringComparison.Ordinal))
        {
            return false;
        }

        if (!long.TryParse(
            name.AsSpan(0, OffsetDigits), NumberStyles.None, CultureInfo.InvariantCulture, out long value))
        {
            return false;
        }

        baseOffset = new Offset(value);
        return true;
    }
}
