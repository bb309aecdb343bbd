using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>
/// Translates a plan into a fetch request. Without a session: each request names its partitions in full.
/// </summary>
internal static class FetchRequests
{
    /// <summary>The last version that names topics; from the next on they go by id (KIP-516).</summary>
    private const short LastWithNames = 12;

    public static (FetchRequest Request, short Highest) Encode(
        FetchPlan plan, ClusterSnapshot cluster, ConsumerOptions options)
    {
        FetchRequest request = new()
        {
            MaxWaitMs = (int)options.FetchWaitMax.TotalMilliseconds,
            MinBytes = options.FetchBytesMin,
            MaxBytes = options.FetchBytesMax,
            IsolationLevel = (sbyte)options.IsolationLevel,
            // Session 0, epoch -1: no session, and none wanted (KIP-227).
            SessionId = 0,
            SessionEpoch = -1,
        };
        bool allIds = true;
        Dictionary<string, FetchRequest.FetchTopic> topics = new(StringComparer.Ordinal);
        foreach ((PartitionState state, long offset, int leaderEpoch) in plan.Partitions)
        {
            string name = state.Partition.Topic;
            if (!topics.TryGetValue(name, out FetchRequest.FetchTopic? topic))
            {
                Uuid id = cluster.Topics.TryGetValue(name, out TopicInfo? info) ? info.Id : Uuid.Zero;
                allIds &= !id.IsZero;
                topics.Add(name, topic = new FetchRequest.FetchTopic { Topic = name, TopicId = id });
                request.Topics.Add(topic);
            }

            topic.Partitions.Add(new FetchRequest.FetchPartition
            {
                Partition = state.Partition.Partition,
                CurrentLeaderEpoch = leaderEpoch,
                FetchOffset = offset,
                PartitionMaxBytes = options.PartitionFetchBytesMax,
            });
        }

        return (request, allIds ? (short)16 : LastWithNames);
    }

    /// <summary>Finds the name of a topic in a response, which has either the name or the id.</summary>
    public static string NameOf(FetchRequest request, FetchResponse.FetchableTopicResponse topic)
    {
        if (topic.Topic.Length > 0)
        {
            return topic.Topic;
        }

        foreach (FetchRequest.FetchTopic asked in request.Topics)
        {
            if (asked.TopicId == topic.TopicId)
            {
                return asked.Topic;
            }
        }

        return "";
    }
}
