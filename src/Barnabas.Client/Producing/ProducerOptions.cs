using System.Diagnostics.CodeAnalysis;
using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>Options of a <see cref="KafkaProducer"/>; defaults are Kafka's.</summary>
public sealed record ProducerOptions : ClientOptions
{
    /// <summary><c>acks</c>, default all.</summary>
    public Acks Acks { get; init; } = Acks.All;

    /// <summary>
    /// <c>enable.idempotence</c>, default true: the broker drops a batch that a retry brings twice and keeps the order
    /// of up to five requests in flight. Needs <see cref="Acks.All"/> and at most five in flight.
    /// </summary>
    public bool EnableIdempotence { get; init; } = true;

    /// <summary>
    /// <c>linger.ms</c>, default 5 ms: how long a batch waits for company when the broker could take it already.
    /// </summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// <c>batch.size</c> in bytes before compression, default 16384. A larger record gets a batch of its own. 0 and 1
    /// send every record alone.
    /// </summary>
    public int BatchBytes { get; init; } = 16384;

    /// <summary>
    /// <c>buffer.memory</c>, default 32 MiB: records that wait or are in flight. When it is full, producing waits up to
    /// <see cref="BlockMax"/>.
    /// </summary>
    public long BufferBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary><c>max.block.ms</c>, default 60 s: the longest wait for metadata and memory together.</summary>
    public TimeSpan BlockMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// <c>delivery.timeout.ms</c>, default 2 min, from when a record is handed over until its fate is known. At least
    /// <see cref="Linger"/> plus <see cref="ClientOptions.RequestTimeout"/>.
    /// </summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary><c>retries</c>, default 2^31-1: in effect <see cref="DeliveryTimeout"/> decides.</summary>
    public int RetriesMax { get; init; } = int.MaxValue;

    /// <summary>
    /// <c>max.request.size</c>, default 1 MiB: the largest record, and the most record bytes per request.
    /// </summary>
    public int RequestBytesMax { get; init; } = 1024 * 1024;

    /// <summary>
    /// <c>max.in.flight.requests.per.connection</c>, default 5. Without idempotence more than 1 can change the order of
    /// records when a request is retried.
    /// </summary>
    public int InFlightMax { get; init; } = 5;

    /// <summary>
    /// <c>compression.type</c>, default none. The codec must be in <see cref="ClientOptions.Codecs"/>.
    /// </summary>
    public CompressionType Compression { get; init; } = CompressionType.None;

    /// <summary><c>compression.*.level</c> of the chosen codec; null takes the codec's default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary><c>partitioner.ignore.keys</c>, default false: treat records with a key as if they had none.</summary>
    public bool IgnoreKeys { get; init; }

    /// <summary>
    /// <c>partitioner.adaptive.partitioning.enable</c>, default true (KIP-794): records without a key prefer partitions
    /// whose brokers keep up.
    /// </summary>
    public bool AdaptivePartitioning { get; init; } = true;

    /// <summary>
    /// Is told of records that were handed over without a promise and could not be delivered. Runs on the sender: must
    /// be short and must not throw.
    /// </summary>
    public Action<DeliveryFailure>? DeliveryFailed { get; init; }

    /// <summary>Reads Kafka's producer properties.</summary>
    /// <param name="properties">Names as in Kafka's documentation, values as text.</param>
    /// <param name="withoutEffect">Names that Kafka knows and this client ignores, to be told to the user.</param>
    /// <exception cref="ClientOptionException">An unknown name or an impossible value.</exception>
    public static ProducerOptions FromProperties(
        IReadOnlyDictionary<string, string> properties, out IReadOnlyList<string> withoutEffect)
    {
        OptionReader reader = new(properties);
        if (reader.Text("transactional.id") is { Length: > 0 } id)
        {
            throw new ClientOptionException("transactional.id", id, "this client has no transactions");
        }

        Acks acks =
            reader.OneOf("acks", Acks.All, ("all", Acks.All), ("-1", Acks.All), ("0", Acks.None), ("1", Acks.Leader));
        int inFlight = reader.Integer("max.in.flight.requests.per.connection", 5, 1);
        // As in Kafka: a conflict switches idempotence off unless it was asked for by name; then it is an error.
        bool asked = reader.Has("enable.idempotence");
        bool possible = acks == Acks.All && inFlight <= 5;
        CompressionType compression = reader.OneOf("compression.type", CompressionType.None,
            ("none", CompressionType.None), ("gzip", CompressionType.Gzip), ("snappy", CompressionType.Snappy),
            ("lz4", CompressionType.Lz4), ("zstd", CompressionType.Zstd));
        TimeSpan linger = reader.Milliseconds("linger.ms", TimeSpan.FromMilliseconds(5));
        ClientOptions common = FromReader(reader);
        ProducerOptions options = new(common)
        {
            BootstrapServers = common.BootstrapServers,
            Acks = acks,
            EnableIdempotence = reader.Flag("enable.idempotence", true) && (possible || asked),
            Linger = linger,
            BatchBytes = reader.Integer("batch.size", 16384, 0),
            BufferBytesMax = reader.Number("buffer.memory", 32 * 1024 * 1024, 0),
            BlockMax = reader.Milliseconds("max.block.ms", TimeSpan.FromSeconds(60)),
            DeliveryTimeout = DeliveryTimeoutOf(reader, linger + common.RequestTimeout),
            RetriesMax = reader.Integer("retries", int.MaxValue, 0),
            RequestBytesMax = reader.Integer("max.request.size", 1024 * 1024, 0),
            InFlightMax = inFlight,
            Compression = compression,
            CompressionLevel = LevelOf(reader, compression),
            IgnoreKeys = reader.Flag("partitioner.ignore.keys", false),
            AdaptivePartitioning = reader.Flag("partitioner.adaptive.partitioning.enable", true),
        };
        withoutEffect = reader.Complete();
        options.Validate();
        return options;
    }

    /// <summary>The rules between options.</summary>
    internal void Validate()
    {
        if (EnableIdempotence && Acks != Acks.All)
        {
            throw new ClientOptionException("acks", null, "idempotence needs acks=all");
        }

        if (EnableIdempotence && InFlightMax > 5)
        {
            // The broker remembers the last five batches of a producer (I-29), so a sixth could be written twice.
            throw new ClientOptionException(
                "max.in.flight.requests.per.connection", null, "idempotence allows at most 5");
        }

        if (DeliveryTimeout < Linger + RequestTimeout)
        {
            throw new ClientOptionException(
                "delivery.timeout.ms", null, "must be at least linger.ms plus request.timeout.ms");
        }

        if (Compression != CompressionType.None && Codecs.Find(Compression) is null && !CodecsComeLater)
        {
            throw new ClientOptionException("compression.type", null, "this codec is not among the client's codecs");
        }
    }

    // Properties cannot name codecs; whoever reads them adds the codecs before the producer is made, which checks
    // again.
    private bool CodecsComeLater { get; init; }

    [SetsRequiredMembers]
    private ProducerOptions(ClientOptions common)
        : base(common)
    {
        CodecsComeLater = true;
    }

    /// <summary>An options object with Kafka's defaults.</summary>
    public ProducerOptions()
    {
    }

    internal ProducerOptions Final() => this with { CodecsComeLater = false };

    private static TimeSpan DeliveryTimeoutOf(OptionReader reader, TimeSpan least)
    {
        TimeSpan standard = TimeSpan.FromMinutes(2);
        // As in Kafka: the default gives way to larger parts, a value of the user's does not.
        return reader.Has("delivery.timeout.ms") || least <= standard
            ? reader.Milliseconds("delivery.timeout.ms", standard)
            : least;
    }

    private static int? LevelOf(OptionReader reader, CompressionType compression)
    {
        int gzip = reader.Integer("compression.gzip.level", -1, -1, 9);
        int lz4 = reader.Integer("compression.lz4.level", 9, 1, 17);
        int zstd = reader.Integer("compression.zstd.level", 3, -131072, 22);
        return compression switch
        {
            CompressionType.Gzip when gzip != -1 => gzip,
            CompressionType.Lz4 when reader.Has("compression.lz4.level") => lz4,
            CompressionType.Zstd => zstd,
            _ => null,
        };
    }
}
