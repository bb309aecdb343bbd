using Barnabas.Kernel;

namespace Barnabas.Simulation.Tests;

/// <summary>What is known of one partition from outside: what was sent, acknowledged and read.</summary>
internal sealed class PartitionLedger(TopicLedger topic, int number, Findings findings)
{
    private readonly HashSet<long> _sent = [];
    private readonly SortedDictionary<long, long> _acknowledged = [];
    private readonly SortedDictionary<long, long> _seen = [];
    private long _start;
    private long _durableEnd;

    public TopicLedger Topic => topic;

    public int Number => number;

    public string Name => $"{topic.Name}-{number}";

    /// <summary>The end of the log at the last audit: where readers go on if their records were lost.</summary>
    public long AuditedEnd { get; private set; }

    public long Start => _start;

    public long Records { get; private set; }

    public void OnSent(ReadOnlySpan<long> values)
    {
        foreach (long value in values)
        {
            _sent.Add(value);
        }
    }

    public void OnAcknowledged(long baseOffset, ReadOnlySpan<long> values)
    {
        if (!findings.Require(baseOffset >= 0, $"{Name}: acknowledged without an offset"))
        {
            return;
        }

        foreach (long value in values)
        {
            Agree(_acknowledged, baseOffset, value, "acknowledged before");
            Agree(_seen, baseOffset, value, "read before");
            _acknowledged[baseOffset++] = value;
        }
    }

    public void OnSeen(long offset, long value)
    {
        findings.Require(_sent.Contains(value), $"{Name}: read {value:X} at {offset}, which nobody sent");
        Agree(_acknowledged, offset, value, "acknowledged (I-10)");
        Agree(_seen, offset, value, "read before (I-10)");
        _seen[offset] = value;
    }

    /// <summary>Compares with all that the log holds, and learns from it what a loss of power took away.</summary>
    public void Audit(long start, long end, IReadOnlyList<(long Offset, long Value)> records, bool powerWasLost)
    {
        findings.Require(
            start >= _start || powerWasLost, $"{Name}: the log started at {_start} and starts now at {start} (I-28)");
        findings.Require(
            start == 0 || topic.HasRetention, $"{Name}: the log starts at {start} and nothing may be deleted from it");
        findings.Require(
            end >= _durableEnd,
            $"{Name}: the log ends at {end}; a loss of power had left it up to {_durableEnd} (I-23)");
        CheckOrder(start, end, records);
        Dictionary<long, long> held = [];
        foreach ((long offset, long value) in records)
        {
            held[offset] = value;
            OnSeen(offset, value);
        }

        CheckHeld(_acknowledged, start, end, held, mayBeCut: powerWasLost && !topic.FlushesEach, "acknowledged");
        CheckHeld(_seen, start, end, held, mayBeCut: powerWasLost, "read");
        Cut(_acknowledged, end);
        Cut(_seen, end);
        _start = start;
        AuditedEnd = end;
        // What is there after a loss of power is on the platter.
        _durableEnd = powerWasLost ? end : _durableEnd;
        Records = records.Count;
    }

    private static void Cut(SortedDictionary<long, long> values, long end)
    {
        foreach (long offset in values.Keys.Where(offset => offset >= end).ToArray())
        {
            values.Remove(offset);
        }
    }

    private void CheckHeld(
        SortedDictionary<long, long> values,
        long start,
        long end,
        Dictionary<long, long> held,
        bool mayBeCut,
        string what)
    {
        foreach ((long offset, long value) in values)
        {
            bool isExcused = offset < start || (mayBeCut && offset >= end);
            findings.Require(
                isExcused || (held.TryGetValue(offset, out long now) && now == value),
                $"{Name}: {value:X} was {what} at {offset} and is lost; the log is [{start}, {end})");
        }
    }

    // The upper half of a value names the producer, the lower one counts what it made.
    private void CheckOrder(long start, long end, IReadOnlyList<(long Offset, long Value)> records)
    {
        long next = start;
        Dictionary<long, long> last = [];
        foreach ((long offset, long value) in records)
        {
            findings.Require(offset == next, $"{Name}: {offset} follows where {next} should (I-03)");
            next = offset + 1;
            long producer = value >> 32;
            findings.Require(
                !last.TryGetValue(producer, out long before) || before < value,
                $"{Name}: {value:X} at {offset} comes after {before:X} (I-29)");
            last[producer] = value;
        }

        findings.Require(next == end, $"{Name}: the records end at {next} and the log at {end}");
    }

    private void Agree(SortedDictionary<long, long> known, long offset, long value, string how)
    {
        findings.Require(
            !known.TryGetValue(offset, out long other) || other == value,
            $"{Name}: {value:X} at {offset}, where {other:X} was {how}");
    }
}
