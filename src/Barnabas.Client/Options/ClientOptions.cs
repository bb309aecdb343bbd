using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// What every client has in common. Immutable; names and defaults are those of Kafka's properties, with the unit last.
/// </summary>
public record ClientOptions
{
    /// <summary>
    /// <c>bootstrap.servers</c>: <c>host:port</c>, one or more. Only to find the cluster: after that the client goes
    /// where the brokers say they are.
    /// </summary>
    public required IReadOnlyList<BrokerAddress> BootstrapServers { get; init; }

    /// <summary><c>client.id</c>: shown in the broker's logs, metrics and quotas.</summary>
    public string ClientId { get; init; } = "barnabas";

    /// <summary>
    /// <c>request.timeout.ms</c>, default 30 s. A connection with a request older than this is closed, because nothing
    /// behind it can be answered either.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>retry.backoff.ms</c>, default 100 ms; doubles up to <see cref="RetryBackoffMax"/>, ±20 %.</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary><c>retry.backoff.max.ms</c>, default 1 s.</summary>
    public TimeSpan RetryBackoffMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// <c>reconnect.backoff.ms</c>, default 50 ms; doubles up to <see cref="ReconnectBackoffMax"/>, ±20 %.
    /// </summary>
    public TimeSpan ReconnectBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary><c>reconnect.backoff.max.ms</c>, default 1 s.</summary>
    public TimeSpan ReconnectBackoffMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// <c>socket.connection.setup.timeout.ms</c>, default 10 s, for TCP and the version handshake together.
    /// </summary>
    public TimeSpan ConnectionSetupTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// <c>metadata.max.age.ms</c>, default 5 min: the cluster is asked again after this even without errors.
    /// </summary>
    public TimeSpan MetadataAgeMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The longest response that is accepted, default 256 MiB. Kafka has no such option; without it a broker could make
    /// the client buffer 2 GiB. Must exceed <c>fetch.max.bytes</c> plus the largest batch.
    /// </summary>
    public int ResponseBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>
    /// The compression codecs. Records in a codec that is missing here can be neither written nor read; by default only
    /// gzip, which the runtime has, because this library has no native dependency.
    /// </summary>
    public CompressionCodecs Codecs { get; init; } = new(new GzipCodec());

    /// <summary>
    /// Is told of every attempt to connect that failed, before the next one is made. From any thread; must be short and
    /// must not throw.
    /// </summary>
    public Action<ConnectionFailure>? ConnectionFailed { get; init; }

    /// <summary>The clock; another one only in tests.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where jitter and partition choices come from; another one only in tests.</summary>
    public IEntropy Entropy { get; init; } = new SystemEntropy();

    /// <summary>Common options out of Kafka's properties.</summary>
    internal static ClientOptions FromReader(OptionReader reader)
    {
        string protocol = reader.Text("security.protocol", "PLAINTEXT");
        if (protocol is not "PLAINTEXT")
        {
            throw new ClientOptionException("security.protocol", protocol, "this client speaks PLAINTEXT only");
        }

        TimeSpan retryMax = reader.Milliseconds("retry.backoff.max.ms", TimeSpan.FromSeconds(1));
        return new ClientOptions
        {
            BootstrapServers = ParseServers(reader.Text("bootstrap.servers")),
            ClientId = reader.Text("client.id", "barnabas"),
            RequestTimeout = reader.Milliseconds("request.timeout.ms", TimeSpan.FromSeconds(30)),
            RetryBackoff = reader.Milliseconds("retry.backoff.ms", TimeSpan.FromMilliseconds(100)),
            RetryBackoffMax = retryMax,
            ReconnectBackoff = reader.Milliseconds("reconnect.backoff.ms", TimeSpan.FromMilliseconds(50)),
            ReconnectBackoffMax = reader.Milliseconds("reconnect.backoff.max.ms", TimeSpan.FromSeconds(1)),
            ConnectionSetupTimeout =
                reader.Milliseconds("socket.connection.setup.timeout.ms", TimeSpan.FromSeconds(10)),
            MetadataAgeMax = reader.Milliseconds("metadata.max.age.ms", TimeSpan.FromMinutes(5)),
        };
    }

    private static List<BrokerAddress> ParseServers(string? text)
    {
        List<BrokerAddress> servers = [];
        foreach (string part in (text ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Length > 0)
            {
                servers.Add(BrokerAddress.Parse(part));
            }
        }

        return servers.Count > 0
            ? servers
            : throw new ClientOptionException("bootstrap.servers", text, "at least one host:port is needed");
    }
}
