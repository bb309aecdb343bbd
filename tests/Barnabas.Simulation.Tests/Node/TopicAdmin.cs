using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// Creates the story's topics, and then creates, changes and deletes others without rest. It knows what the metadata
/// may say: what was acknowledged, and for a request without an answer both what was before and what it asked for.
/// </summary>
internal sealed class TopicAdmin(NodeStory story) : Actor(story, "admin")
{
    private const string ChangedConfig = "retention.ms";
    private const int Names = 6;

    // Absent is null; else the changed configuration, or "" for none.
    private readonly SortedDictionary<string, List<string?>> _possible = new(StringComparer.Ordinal);

    // What requests of this life asked for that got no answer. A request that was on its way when its connection broke
    // may be served after one that was sent later, over the next connection.
    private readonly List<(string Topic, Func<string?, bool> From, string? To)> _unanswered = [];
    private bool _isWaiting;
    private int _left;

    public override bool IsDone => _left == 0 && !_isWaiting;

    public bool HasCreatedAll => Story.Topics.All(static topic => topic.Id != Uuid.Zero);

    public IEnumerable<string> ChurningTopics => _possible.Keys;

    public void Allow(int changes) => _left = changes;

    /// <summary>Compares the metadata with what was acknowledged, and settles what was open.</summary>
    public void Audit(MetadataImage image)
    {
        foreach (TopicLedger topic in Story.Topics.Where(static topic => topic.Id != Uuid.Zero))
        {
            bool exists = image.Topics.TryGet(topic.Name, out TopicImage? found) && found.Id == topic.Id;
            Findings.Require(exists, $"topic {topic.Name} was created and is not in the metadata (I-45)");
        }

        foreach ((string name, List<string?> states) in _possible)
        {
            string? now = null;
            if (image.Topics.TryGet(name, out TopicImage? _))
            {
                now = image.ConfigsOf(ConfigResource.Topic(name)).GetValueOrDefault(ChangedConfig, "");
            }

            Findings.Require(
                states.Contains(now),
                $"topic {name} is {Show(now)} and should be {string.Join(" or ", states.Select(Show))} (I-45)");
            states.Clear();
            states.Add(now);
        }

        _unanswered.Clear();
    }

    protected override void Begin()
    {
        _isWaiting = false;
        CreateMissing();
    }

    private static string Show(string? state) => state is null ? "absent" : $"'{state}'";

    private void CreateMissing()
    {
        TopicLedger? missing = Story.Topics.FirstOrDefault(static topic => topic.Id == Uuid.Zero);
        if (missing is null)
        {
            Later(0, 100, Change);
            return;
        }

        CreateTopicsRequest.CreatableTopic topic = new()
        {
            Name = missing.Name,
            NumPartitions = missing.Partitions.Count,
            ReplicationFactor = 1,
        };
        foreach ((string name, string value) in missing.Configs)
        {
            topic.Configs.Add(new CreateTopicsRequest.CreatableTopicConfig { Name = name, Value = value });
        }

        CreateTopicsRequest request = new() { TimeoutMs = 5000 };
        request.Topics.Add(topic);
        Client.Send<CreateTopicsResponse>(request, 7, answer =>
        {
            CreateTopicsResponse.CreatableTopicResult? result = answer?.Topics[0];
            if (result is { ErrorCode: 0 })
            {
                missing.Id = result.TopicId;
            }
            else if ((ErrorCode?)result?.ErrorCode == ErrorCode.TopicAlreadyExists
                && Story.Broker.Image.Topics.TryGet(missing.Name, out TopicImage? found))
            {
                // The answer to the first attempt was lost.
                missing.Id = found.Id;
            }
            else if (result is not null)
            {
                Expect(result.ErrorCode, result.ErrorMessage);
            }

            Later(1, 100, CreateMissing);
        });
    }

    private void Change()
    {
        if (_left == 0)
        {
            return;
        }

        _left--;
        _isWaiting = true;
        string name = $"churn-{Random.Next(Names)}";
        List<string?> states = _possible.TryGetValue(name, out List<string?>? known) ? known : _possible[name] = [null];
        switch (Random.Next(3))
        {
            case 0:
                Create(name, states);
                break;
            case 1:
                Delete(name, states);
                break;
            default:
                Alter(name, states);
                break;
        }
    }

    private void Create(string name, List<string?> states)
    {
        CreateTopicsRequest request = new() { TimeoutMs = 5000 };
        request.Topics.Add(new() { Name = name, NumPartitions = 1 + Random.Next(3), ReplicationFactor = 1 });
        Client.Send<CreateTopicsResponse>(request, 7, answer => Settle(
            name,
            states,
            answer?.Topics[0].ErrorCode,
            answer?.Topics[0].ErrorMessage,
            from: static state => state is null,
            to: "",
            refusal: ErrorCode.TopicAlreadyExists));
    }

    private void Delete(string name, List<string?> states)
    {
        DeleteTopicsRequest request = new() { TimeoutMs = 5000 };
        request.Topics.Add(new() { Name = name });
        Client.Send<DeleteTopicsResponse>(request, 6, answer => Settle(
            name,
            states,
            answer?.Responses[0].ErrorCode,
            answer?.Responses[0].ErrorMessage,
            from: static state => state is not null,
            to: null,
            refusal: ErrorCode.UnknownTopicOrPartition));
    }

    private void Alter(string name, List<string?> states)
    {
        string value = Random.Between(1_000_000, 2_000_000).ToString(System.Globalization.CultureInfo.InvariantCulture);
        IncrementalAlterConfigsRequest request = new();
        request.Resources.Add(new()
        {
            ResourceType = (sbyte)ConfigResourceType.Topic,
            ResourceName = name,
            Configs = [new() { Name = ChangedConfig, ConfigOperation = 0, Value = value }],
        });
        Client.Send<IncrementalAlterConfigsResponse>(request, 1, answer => Settle(
            name,
            states,
            answer?.Responses[0].ErrorCode,
            answer?.Responses[0].ErrorMessage,
            from: static state => state is not null,
            to: value,
            refusal: ErrorCode.UnknownTopicOrPartition));
    }

    private void Settle(
        string topic,
        List<string?> states,
        short? error,
        string? message,
        Func<string?, bool> from,
        string? to,
        ErrorCode refusal)
    {
        _isWaiting = false;
        if (error is null)
        {
            _unanswered.Add((topic, from, to));
        }
        else if (error == 0)
        {
            Findings.Require(states.Any(from), $"a change to {Show(to)} was possible from {string.Join(',', states)}");
            states.Clear();
            states.Add(to);
        }
        else if ((ErrorCode)error == refusal)
        {
            states.RemoveAll(state => from(state));
            Findings.Require(states.Count > 0, $"{refusal} for a topic that was not so");
        }
        else
        {
            Expect(error.Value, message);
            // It may still happen: the controller may be the one that did not answer in time.
            _unanswered.Add((topic, from, to));
        }

        AddLateEffects(topic, states);
        Later(5, 200, Change);
    }

    private void AddLateEffects(string topic, List<string?> states)
    {
        int before;
        do
        {
            before = states.Count;
            foreach ((string of, Func<string?, bool> from, string? to) in _unanswered)
            {
                if (of == topic && states.Any(from) && !states.Contains(to))
                {
                    states.Add(to);
                }
            }
        }
        while (states.Count > before);
    }

    private void Expect(short error, string? message)
    {
        Findings.Require(
            ErrorCodes.IsRetriable((ErrorCode)error), $"admin: refused with {(ErrorCode)error}: {message}");
        Story.Note((ErrorCode)error);
    }
}
