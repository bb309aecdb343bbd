namespace Barnabas.Configuration;

/// <summary>Defaults of topics that are spread over several broker keys, in milliseconds.</summary>
internal readonly record struct TopicDefaults(long SegmentMs, long SegmentJitterMs, long RetentionMs)
{
    public static TopicDefaults From(ConfigValues broker) => new(
        (long)TopicSynonyms.DefaultOf(TopicKeys.SegmentMs, broker)!,
        (long)TopicSynonyms.DefaultOf(TopicKeys.SegmentJitterMs, broker)!,
        (long)TopicSynonyms.DefaultOf(TopicKeys.RetentionMs, broker)!);
}
