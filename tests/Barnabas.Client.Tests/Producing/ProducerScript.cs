using Barnabas.Kernel;
using Barnabas.Records;

namespace Barnabas.Client.Tests;

/// <summary>An accumulator with one broker, a clock that stands, and words for what tests do with it.</summary>
internal sealed class ProducerScript : IPartitionLeaders
{
    public static readonly TopicPartition P0 = new("t", 0);
    private readonly ProducerOptions _options;

    public ProducerScript(ProducerOptions? options = null, short epoch = 0)
    {
        _options = options ?? Options;
        Core = new RecordAccumulator(_options);
        Core.Sequences?.Started(new ProducerIdAndEpoch(77, epoch));
    }

    public static ProducerOptions Options => new()
    {
        BootstrapServers = [new BrokerAddress("127.0.0.1", 1)],
        Linger = TimeSpan.Zero,
        BatchBytes = 1,
        Entropy = new FixedEntropy(),
    };

    public RecordAccumulator Core { get; }

    public MonotonicTime Now { get; set; } = new(TimeSpan.TicksPerHour);

    public int Leader { get; set; } = 1;

    public bool Ready { get; set; } = true;

    public int LeaderOf(TopicPartition partition) => Leader;

    public bool IsReady(int brokerId) => Ready;

    public Delivery? Append(string value, TopicPartition? partition = null)
    {
        PendingRecord record =
            new(1, OptionalBytes.Null, System.Text.Encoding.UTF8.GetBytes(value), [], 0, promise: true);
        return Core.TryAppend(partition ?? P0, record, Now, out Delivery? delivery, out _) ? delivery : null;
    }

    /// <summary>The only batch that is due.</summary>
    public ProducerBatch Send()
    {
        ProduceCommand command = Assert.Single(Core.Drain(this, Now).Commands);
        return Assert.Single(command.Batches);
    }

    public void SendNothing() => Assert.Empty(Core.Drain(this, Now).Commands);

    public void Answer(ProducerBatch batch, ErrorCode error, long baseOffset = -1, long logStartOffset = -1)
    {
        Core.RequestDone(1);
        Core.Complete(batch, new BatchResult(error, baseOffset, -1, logStartOffset), Now);
    }

    public void Wait(TimeSpan time) => Now += time;

    internal sealed class FixedEntropy : IEntropy
    {
        private ulong _next;

        public void Fill(Span<byte> destination) => destination.Clear();

        public ulong NextUInt64() => _next += 0x9E3779B97F4A7C15;
    }
}
