using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>
/// Creates topics: all that are legal, each whole or not at all. The answer's <c>Configs</c> are left to the handler,
/// which knows the defaults of all keys and what the asker may see.
/// </summary>
public sealed class CreateTopicsCommand(CreateTopicsRequest request) : ControllerCommand
{
    public CreateTopicsResponse Response { get; } = new();

    public override void Fail(ErrorCode error, string? message)
    {
        Response.Topics.Clear();
        foreach (CreateTopicsRequest.CreatableTopic topic in request.Topics)
        {
            Response.Topics.Add(Refusal(topic.Name, error, message));
        }
    }

    internal override void Decide(ControllerStep step)
    {
        RequirePartitionLimit(step);
        var named = new SortedSet<string>(StringComparer.Ordinal);
        SortedSet<string> duplicates = Duplicates();
        Dictionary<string, string> unified = UnifiedNames(step.Image);
        foreach (CreateTopicsRequest.CreatableTopic topic in request.Topics)
        {
            // A name that comes twice is answered once.
            if (!named.Add(topic.Name))
            {
                continue;
            }

            int before = step.RecordCount;
            try
            {
                if (duplicates.Contains(topic.Name))
                {
                    throw new ControllerException(ErrorCode.InvalidRequest, "Duplicate topic name.");
                }

                Response.Topics.Add(Create(step, topic, unified));
            }
            catch (ControllerException refusal) when (refusal.Error != ErrorCode.PolicyViolation)
            {
                step.TruncateTo(before);
                Response.Topics.Add(Refusal(topic.Name, refusal.Error, refusal.Message));
            }
        }

        if (request.ValidateOnly)
        {
            step.TruncateTo(0);
        }
    }

    private static CreateTopicsResponse.CreatableTopicResult Refusal(string name, ErrorCode error, string? message) =>
        new()
        {
            Name = name,
            ErrorCode = (short)error,
            ErrorMessage = message,
            NumPartitions = -1,
            ReplicationFactor = -1,
        };

    private static Dictionary<string, string> UnifiedNames(MetadataImage image)
    {
        var unified = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (TopicImage topic in image.Topics.All)
        {
            if (TopicName.HasCollisionCharacters(topic.Name))
            {
                unified[TopicName.Unify(topic.Name)] = topic.Name;
            }
        }

        return unified;
    }

    private static CreateTopicsResponse.CreatableTopicResult Create(
        ControllerStep step,
        CreateTopicsRequest.CreatableTopic topic,
        Dictionary<string, string> unified)
    {
        RequireName(step, topic.Name, unified);
        SortedDictionary<string, string> configs = RequireConfigs(step, topic);
        List<PartitionImage> partitions = topic.Assignments.Count > 0
            ? FromAssignments(step, topic)
            : FromCounts(step, topic);

        var id = Uuid.Random(step.Entropy);
        step.Add(new TopicRecord { Name = topic.Name, TopicId = id }, 0);
        foreach ((string key, string value) in configs)
        {
            step.Add(ImageRecords.ConfigChange(ConfigResource.Topic(topic.Name), key, value));
        }

        for (int partition = 0; partition < partitions.Count; partition++)
        {
            step.Add(partitions[partition].ToRecord(id, partition, step.Version));
        }

        if (TopicName.HasCollisionCharacters(topic.Name))
        {
            unified[TopicName.Unify(topic.Name)] = topic.Name;
        }

        return new CreateTopicsResponse.CreatableTopicResult
        {
            Name = topic.Name,
            TopicId = id,
            ErrorMessage = null,
            NumPartitions = partitions.Count,
            ReplicationFactor = (short)partitions[0].Replicas.Length,
        };
    }

    private static void RequireName(ControllerStep step, string name, Dictionary<string, string> unified)
    {
        if (name == TopicName.ClusterMetadata)
        {
            throw new ControllerException(
                ErrorCode.InvalidRequest,
                $"Creation of internal topic {TopicName.ClusterMetadata} is prohibited.");
        }

        if (TopicName.Problem(name) is { } problem)
        {
            throw new ControllerException(ErrorCode.InvalidTopicException, problem);
        }

        if (step.Image.Topics.TryGet(name, out _))
        {
            throw new ControllerException(ErrorCode.TopicAlreadyExists, $"Topic '{name}' already exists.");
        }

        if (TopicName.HasCollisionCharacters(name)
            && unified.TryGetValue(TopicName.Unify(name), out string? other))
        {
            throw new ControllerException(
                ErrorCode.InvalidTopicException,
                $"Topic '{name}' collides with existing topic: {other}");
        }
    }

    private static SortedDictionary<string, string> RequireConfigs(
        ControllerStep step,
        CreateTopicsRequest.CreatableTopic topic)
    {
        var configs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (CreateTopicsRequest.CreatableTopicConfig config in topic.Configs)
        {
            configs[config.Name] = config.Value ?? throw new ControllerException(
                ErrorCode.InvalidConfig,
                $"Null value not supported for topic configs: {config.Name}");
        }

        ConfigChanges.RequireValid(step, ConfigResource.Topic(topic.Name), configs);
        return configs;
    }

    private static List<PartitionImage> FromCounts(ControllerStep step, CreateTopicsRequest.CreatableTopic topic)
    {
        if (topic.ReplicationFactor is < -1 or 0)
        {
            throw new ControllerException(
                ErrorCode.InvalidReplicationFactor,
                "Replication factor must be larger than 0, or -1 to use the default value.");
        }

        if (topic.NumPartitions is < -1 or 0)
        {
            throw new ControllerException(
                ErrorCode.InvalidPartitions,
                "Number of partitions was set to an invalid non-positive value.");
        }

        int count = topic.NumPartitions == -1 ? step.Options.PartitionsDefault : topic.NumPartitions;
        short factor = topic.ReplicationFactor == -1
            ? step.Options.ReplicationFactorDefault
            : topic.ReplicationFactor;
        try
        {
            return NewPartitions.Place(step, count, factor);
        }
        catch (ControllerException refusal)
        {
            throw new ControllerException(
                refusal.Error,
                $"Unable to replicate the partition {factor} time(s): {refusal.Message}");
        }
    }

    private static List<PartitionImage> FromAssignments(
        ControllerStep step,
        CreateTopicsRequest.CreatableTopic topic)
    {
        if (topic.ReplicationFactor != -1 || topic.NumPartitions != -1)
        {
            string field = topic.ReplicationFactor != -1 ? "replication factor" : "numPartitions";
            throw new ControllerException(
                ErrorCode.InvalidRequest,
                $"A manual partition assignment was specified, but {field} was not set to -1.");
        }

        var partitions = new SortedDictionary<int, PartitionImage>();
        int? factor = null;
        foreach (CreateTopicsRequest.CreatableReplicaAssignment assignment in topic.Assignments)
        {
            PartitionImage partition = NewPartitions.FromReplicas(
                step, assignment.PartitionIndex, assignment.BrokerIds, factor);
            factor = partition.Replicas.Length;
            if (!partitions.TryAdd(assignment.PartitionIndex, partition))
            {
                throw new ControllerException(
                    ErrorCode.InvalidReplicaAssignment,
                    $"Found multiple manual partition assignments for partition {assignment.PartitionIndex}");
            }
        }

        int expected = 0;
        foreach (int partition in partitions.Keys)
        {
            if (partition != expected++)
            {
                throw new ControllerException(
                    ErrorCode.InvalidReplicaAssignment,
                    "partitions should be a consecutive 0-based integer sequence");
            }
        }

        return [.. partitions.Values];
    }

    private SortedSet<string> Duplicates()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var duplicates = new SortedSet<string>(StringComparer.Ordinal);
        foreach (CreateTopicsRequest.CreatableTopic topic in request.Topics)
        {
            if (!seen.Add(topic.Name))
            {
                duplicates.Add(topic.Name);
            }
        }

        return duplicates;
    }

    // Checked before anything is allocated for the partitions.
    private void RequirePartitionLimit(ControllerStep step)
    {
        long total = 0;
        foreach (CreateTopicsRequest.CreatableTopic topic in request.Topics)
        {
            total += topic.Assignments.Count > 0 ? topic.Assignments.Count
                : topic.NumPartitions == -1 ? step.Options.PartitionsDefault
                : Math.Max(0, topic.NumPartitions);
            if (total > step.Options.PartitionsPerRequestMax)
            {
                throw new ControllerException(
                    ErrorCode.PolicyViolation,
                    "Excessively large number of partitions per request.");
            }
        }
    }
}
