namespace Barnabas.Configuration;

/// <summary>A broker key that stands for a topic key, and by what its number is multiplied on the way.</summary>
public readonly record struct TopicSynonym(ConfigKey BrokerKey, long Factor = 1);
