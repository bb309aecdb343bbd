using System.Collections.Frozen;

namespace Barnabas.Configuration;

/// <summary>
/// Which broker keys give the default of a topic key, the strongest first. Several stand for the same thing in
/// different units: the first that is not null counts.
/// </summary>
public static class TopicSynonyms
{
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;

    private static readonly FrozenDictionary<ConfigKey, TopicSynonym[]> Table = Build();

    /// <summary>The broker keys behind a topic key; empty where there is none.</summary>
    public static IReadOnlyList<TopicSynonym> Of(ConfigKey topicKey) => Table.GetValueOrDefault(topicKey) ?? [];

    /// <summary>The default of a topic key on a broker with these values.</summary>
    public static object? DefaultOf(ConfigKey topicKey, ConfigValues broker)
    {
        foreach (TopicSynonym synonym in Of(topicKey))
        {
            object? value = broker[synonym.BrokerKey];
            if (value is not null)
            {
                return Convert(topicKey, value, synonym.Factor);
            }
        }

        return topicKey.Default;
    }

    private static object Convert(ConfigKey topicKey, object value, long factor)
    {
        if (topicKey.Type != ConfigType.Long)
        {
            return value;
        }

        long number = value is int narrow ? narrow : (long)value;
        // Kafka: any negative retention is "for ever", and only that is written -1.
        return topicKey == TopicKeys.RetentionMs && number < 0 ? -1L : number * factor;
    }

    private static FrozenDictionary<ConfigKey, TopicSynonym[]> Build()
    {
        Dictionary<ConfigKey, TopicSynonym[]> table = [];
        foreach (ConfigKey topicKey in ConfigTables.Topic.Keys)
        {
            string[]? names = OtherNames(topicKey.Name);
            if (names is not null)
            {
                table[topicKey] = [.. names.Select(Resolve)];
            }
        }

        return table.ToFrozenDictionary();
    }

    private static TopicSynonym Resolve(string name)
    {
        ConfigKey? key = ConfigTables.Broker.Find(name);
        Invariant.That(key is not null);
        return new TopicSynonym(
            key,
            name.EndsWith(".hours", StringComparison.Ordinal) ? Hour
            : name.EndsWith(".minutes", StringComparison.Ordinal) ? Minute
            : 1);
    }

    private static string[]? OtherNames(string topicKey) => topicKey switch
    {
        "segment.ms" => ["log.roll.ms", "log.roll.hours"],
        "segment.jitter.ms" => ["log.roll.jitter.ms", "log.roll.jitter.hours"],
        "segment.index.bytes" => ["log.index.size.max.bytes"],
        "flush.messages" => ["log.flush.interval.messages"],
        "flush.ms" => ["log.flush.interval.ms", "log.flush.scheduler.interval.ms"],
        "retention.ms" => ["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
        "max.message.bytes" => ["message.max.bytes"],
        "delete.retention.ms" or "min.compaction.lag.ms" or "max.compaction.lag.ms" => ["log.cleaner." + topicKey],
        "file.delete.delay.ms" => ["log.segment.delete.delay.ms"],
        "min.cleanable.dirty.ratio" => ["log.cleaner.min.cleanable.ratio"],
        "unclean.leader.election.enable"
            or "min.insync.replicas"
            or "compression.type"
            or "compression.gzip.level"
            or "compression.lz4.level"
            or "compression.zstd.level"
            or "max.decompressed.message.bytes" => [topicKey],
        "segment.bytes"
            or "retention.bytes"
            or "index.interval.bytes"
            or "cleanup.policy"
            or "preallocate"
            or "message.timestamp.type"
            or "message.timestamp.before.max.ms"
            or "message.timestamp.after.max.ms"
            or "local.retention.ms"
            or "local.retention.bytes"
            or "remote.copy.lag.ms"
            or "remote.copy.lag.bytes" => ["log." + topicKey],
        _ => null,
    };
}
