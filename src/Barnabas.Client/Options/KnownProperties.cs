using System.Collections.Frozen;

namespace Barnabas.Client;

/// <summary>
/// Names of Kafka's client properties that are accepted and have no effect: those of its Java classes, metrics and
/// telemetry, and those whose feature this client does not have. The last must not pass in silence when they ask for
/// security: <see cref="ClientOptions.FromReader"/> refuses any <c>security.protocol</c> but PLAINTEXT.
/// </summary>
internal static class KnownProperties
{
    private static FrozenSet<string> WithoutEffect { get; } = new[]
    {
        "allow.auto.create.topics",
            "auto.include.jmx.reporter", "bootstrap.controllers", "bootstrap.resolve.timeout.ms",
        "buffer.memory.allocation.strategy", "client.dns.lookup", "client.rack", "config.providers",
        "connections.max.idle.ms", "default.api.timeout.ms", "enable.metrics.push", "exclude.internal.topics",
        "group.protocol", "group.remote.assignor", "interceptor.classes",
        "internal.throw.on.fetch.stable.offset.unsupported", "key.deserializer", "key.serializer",
        "metadata.cluster.check.enable", "metadata.max.idle.ms", "metadata.recovery.rebootstrap.trigger.ms",
        "metadata.recovery.strategy", "metric.reporters", "metrics.num.samples", "metrics.recording.level",
        "metrics.sample.window.ms", "partitioner.availability.timeout.ms", "partitioner.class",
        "partitioner.rack.aware", "receive.buffer.bytes", "retries", "security.providers",
        "send.buffer.bytes", "share.acknowledgement.mode", "share.acquire.mode",
        "socket.connection.setup.timeout.max.ms", "transaction.timeout.ms",
        "transaction.two.phase.commit.enable", "value.deserializer", "value.serializer",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// True for a name above, and for the settings of security, which matter only with a secure protocol.
    /// </summary>
    public static bool IsKnown(string key) => WithoutEffect.Contains(key)
        || key.StartsWith("ssl.", StringComparison.Ordinal)
        || key.StartsWith("sasl.", StringComparison.Ordinal);
}
