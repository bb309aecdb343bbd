using System.CommandLine;
using Barnabas.Client;
using Barnabas.Kernel;

namespace Barnabas.Cli;

/// <summary><c>barnabas topics</c>, in place of <c>kafka-topics</c>.</summary>
internal sealed class TopicsCommand
{
    private readonly Option<string> _bootstrap = SharedOptions.BootstrapServer();
    private readonly Option<FileInfo?> _commandConfig =
        SharedOptions.File("--command-config", "A file with properties of the admin client");
    private readonly Option<OutputFormat> _output = SharedOptions.Output();
    private readonly Option<bool> _create = SharedOptions.Flag("--create", "Create a topic");
    private readonly Option<bool> _delete = SharedOptions.Flag("--delete", "Delete topics with their records");
    private readonly Option<bool> _describe = SharedOptions.Flag("--describe", "Describe topics");
    private readonly Option<bool> _list = SharedOptions.Flag("--list", "List the names of topics");
    private readonly Option<bool> _alter = SharedOptions.Flag("--alter", "Raise the number of partitions");
    private readonly Option<string?> _topic = SharedOptions.Value<string?>(
        "--topic", "topic", "The topic, or a regular expression over names (not with --create)");
    private readonly Option<string?> _topicId =
        SharedOptions.Value<string?>("--topic-id", "id", "The id of a topic to describe");
    private readonly Option<int?> _partitions = SharedOptions.Value<int?>(
        "--partitions", "count", "The number of partitions; by default the cluster's. Raising it moves keys elsewhere");
    private readonly Option<short?> _replicationFactor = SharedOptions.Value<short?>(
        "--replication-factor", "count", "Replicas of each partition; by default the cluster's");
    private readonly Option<string?> _assignment = SharedOptions.Value<string?>(
        "--replica-assignment", "1:2,2:3", "Brokers of each partition, the preferred leader first");
    private readonly Option<string[]> _configs = new("--config")
    {
        Description = "A config of the new topic, such as retention.ms=3600000; may be repeated",
        HelpName = "name=value",
    };

    private readonly Option<int?> _pageSize = SharedOptions.Value<int?>(
        "--partition-size-limit-per-response", "count", "Partitions per answer when describing");
    private readonly Option<bool> _ifExists =
        SharedOptions.Flag("--if-exists", "No error if the topic to alter, delete or describe is not there");
    private readonly Option<bool> _ifNotExists =
        SharedOptions.Flag("--if-not-exists", "No error if the topic to create is there");
    private readonly Option<bool> _excludeInternal =
        SharedOptions.Flag("--exclude-internal", "Leave out Kafka's own topics");
    private readonly Option<bool> _overridesOnly =
        SharedOptions.Flag("--topics-with-overrides", "Describe only topics with configs that are not the defaults");
    private readonly Option<bool> _underReplicated =
        SharedOptions.Flag("--under-replicated-partitions", "Describe only partitions with replicas out of sync");
    private readonly Option<bool> _unavailable =
        SharedOptions.Flag("--unavailable-partitions", "Describe only partitions whose leader is away");
    private readonly Option<bool> _underMinIsr =
        SharedOptions.Flag(
            "--under-min-isr-partitions", "Describe only partitions with too few replicas in sync to be written");
    private readonly Option<bool> _atMinIsr =
        SharedOptions.Flag("--at-min-isr-partitions", "Describe only partitions with just enough replicas in sync");

    private TopicsCommand()
    {
    }

    public static Command Create()
    {
        TopicsCommand options = new();
        Command command = new("topics", "Create, delete, describe, list or change topics")
        {
            options._bootstrap, options._commandConfig, options._output, options._create, options._delete,
            options._describe, options._list, options._alter, options._topic, options._topicId, options._partitions,
            options._replicationFactor, options._assignment, options._configs, options._pageSize, options._ifExists,
            options._ifNotExists, options._excludeInternal, options._overridesOnly, options._underReplicated,
            options._unavailable, options._underMinIsr, options._atMinIsr,
        };
        command.Runs(options.RunAsync, options._output);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Messages messages, CancellationToken cancellation)
    {
        CheckCombination(parsed);
        ClientProperties properties = new(messages);
        properties.AddFile(parsed.GetValue(_commandConfig));
        properties.Set("bootstrap.servers", parsed.GetValue(_bootstrap)!);
        await using KafkaAdmin admin = properties.NewAdmin();
        using TopicsPrinter printer = new(Console.Out, parsed.GetValue(_output));
        if (parsed.GetValue(_create))
        {
            await CreateAsync(parsed, admin, printer, cancellation).ConfigureAwait(false);
            return 0;
        }

        List<TopicDescription> topics = await SelectAsync(parsed, admin, cancellation).ConfigureAwait(false);
        if (parsed.GetValue(_list))
        {
            printer.List(topics);
        }
        else if (parsed.GetValue(_describe))
        {
            await DescribeAsync(parsed, admin, topics, printer, cancellation).ConfigureAwait(false);
        }
        else if (parsed.GetValue(_delete))
        {
            RequireTopic(parsed);
            await DeleteAsync(admin, topics, printer, cancellation).ConfigureAwait(false);
        }
        else
        {
            RequireTopic(parsed);
            await AlterAsync(parsed, admin, topics, printer, cancellation).ConfigureAwait(false);
        }

        return 0;
    }

    // Which options go together, as Kafka's tool has it.
    private void CheckCombination(ParseResult parsed)
    {
        Option<bool>[] actions = [_list, _describe, _create, _alter, _delete];
        if (actions.Count(parsed.GetValue) != 1)
        {
            throw new CommandFailure(
                "Command must include exactly one action: --list, --describe, --create, --alter or --delete");
        }

        Option action = actions.Single(parsed.GetValue);
        Refuse(action != _create, _configs, action);
        Refuse(action != _describe, _topicId, action);
        Refuse(action != _create && action != _alter, _partitions, action);
        Refuse(action != _create, _replicationFactor, action);
        Refuse(action != _create && action != _alter, _assignment, action);
        Refuse(action == _create && IsGiven(_partitions), _assignment, _partitions);
        Refuse(action == _create && IsGiven(_replicationFactor), _assignment, _replicationFactor);
        foreach (Option report in (Option[])[_underReplicated, _underMinIsr, _atMinIsr, _unavailable])
        {
            Refuse(action != _describe, report, action);
            Refuse(IsGiven(_overridesOnly), report, _overridesOnly);
        }

        Refuse(action != _describe, _overridesOnly, action);
        Refuse(action == _create || action == _list, _ifExists, action);
        Refuse(action != _create, _ifNotExists, action);
        Refuse(action != _list && action != _describe, _excludeInternal, action);

        bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };

        void Refuse(bool wrong, Option option, Option with)
        {
            if (wrong && IsGiven(option))
            {
                throw new CommandFailure(
                    $"Option \"[{option.Name[2..]}]\" can't be used with option \"[{with.Name[2..]}]\"");
            }
        }
    }

    private string RequireTopic(ParseResult parsed) =>
        parsed.GetValue(_topic) ?? throw new CommandFailure("Missing required argument \"[topic]\"");

    private async Task CreateAsync(
        ParseResult parsed, KafkaAdmin admin, TopicsPrinter printer, CancellationToken cancellation)
    {
        string name = RequireTopic(parsed);
        int? partitions = parsed.GetValue(_partitions);
        short? replicas = parsed.GetValue(_replicationFactor);
        if (partitions is < 1)
        {
            throw new CommandFailure("The partitions must be greater than 0");
        }

        if (replicas is < 1)
        {
            throw new CommandFailure($"The replication factor must be between 1 and {short.MaxValue} inclusive");
        }

        if (name.AsSpan().ContainsAny('.', '_'))
        {
            printer.Warn(
                "WARNING: Due to limitations in metric names, topics with a period ('.') or "
                + "underscore ('_') could collide. To avoid issues it is best to use either, but not both.");
        }

        NewTopic topic = new(name)
        {
            Partitions = partitions,
            ReplicationFactor = replicas,
            Assignment = ReplicaAssignment.Parse(parsed.GetValue(_assignment)),
            Configs = new Dictionary<string, string>(
                ClientProperties.Pairs(parsed.GetValue(_configs)), StringComparer.Ordinal),
        };
        foreach (AdminResult result in await admin.CreateTopicsAsync([topic], cancellation: cancellation)
            .ConfigureAwait(false))
        {
            if (result.Error != ErrorCode.TopicAlreadyExists || !parsed.GetValue(_ifNotExists))
            {
                result.ThrowIfFailed();
                printer.Done("Created topic", "created", name);
            }
        }
    }

    private static async Task DeleteAsync(
        KafkaAdmin admin, List<TopicDescription> topics, TopicsPrinter printer, CancellationToken cancellation)
    {
        if (topics.Count == 0)
        {
            return;
        }

        List<string> names = [.. topics.Select(topic => topic.Name)];
        foreach (AdminResult result in await admin.DeleteTopicsAsync(names, cancellation).ConfigureAwait(false))
        {
            result.ThrowIfFailed();
            printer.Done(null, "deleted", result.Name);
        }
    }

    private async Task AlterAsync(
        ParseResult parsed,
        KafkaAdmin admin,
        List<TopicDescription> topics,
        TopicsPrinter printer,
        CancellationToken cancellation)
    {
        int count = parsed.GetValue(_partitions)
            ?? throw new CommandFailure("Missing required argument \"[partitions]\"");
        IReadOnlyList<IReadOnlyList<int>>? assignment = ReplicaAssignment.Parse(parsed.GetValue(_assignment));
        foreach (TopicDescription topic in topics)
        {
            // The option names the replicas of all partitions; those that exist stay where they are.
            List<IReadOnlyList<int>>? added = assignment?.Skip(topic.Partitions.Count).ToList();
            AdminResult result =
                await admin.CreatePartitionsAsync(topic.Name, count, added, cancellation).ConfigureAwait(false);
            result.ThrowIfFailed();
            printer.Done(null, "altered", topic.Name);
        }
    }

    private async Task<List<TopicDescription>> SelectAsync(
        ParseResult parsed, KafkaAdmin admin, CancellationToken cancellation)
    {
        string? pattern = parsed.GetValue(_topic);
        string? id = parsed.GetValue(_topicId);
        if (Uuid.TryParse(id, out Uuid given) && given.IsZero)
        {
            // Stands for no id.
            id = null;
        }

        pattern = id is null ? pattern : null;
        TopicFilter filter = new(pattern, id, parsed.GetValue(_excludeInternal));
        List<TopicDescription> topics = [];
        foreach (TopicDescription topic in await admin.ListTopicsAsync(cancellation).ConfigureAwait(false))
        {
            if (filter.Takes(topic))
            {
                topics.Add(topic);
            }
        }

        bool mustExist = !parsed.GetValue(_list) && !parsed.GetValue(_ifExists);
        if (topics.Count == 0 && mustExist && (pattern ?? id) is not null)
        {
            throw new CommandFailure(id is null
                ? $"Topic '{pattern}' does not exist as expected"
                : $"TopicId '{id}' does not exist as expected");
        }

        return topics;
    }

    private async Task DescribeAsync(
        ParseResult parsed,
        KafkaAdmin admin,
        List<TopicDescription> topics,
        TopicsPrinter printer,
        CancellationToken cancellation)
    {
        DescribeFilter filter = new(
            parsed.GetValue(_overridesOnly),
            parsed.GetValue(_underReplicated),
            parsed.GetValue(_unavailable),
            parsed.GetValue(_underMinIsr),
            parsed.GetValue(_atMinIsr));
        HashSet<int> live = [];
        foreach (BrokerInfo broker in (await admin.DescribeClusterAsync(cancellation).ConfigureAwait(false)).Brokers)
        {
            live.Add(broker.Id);
        }

        List<string> names = [.. topics.Select(topic => topic.Name)];
        IReadOnlyList<TopicDescription> described =
            await admin.DescribeTopicsAsync(names, parsed.GetValue(_pageSize), cancellation).ConfigureAwait(false);
        printer.BeginDescriptions();
        foreach (TopicDescription topic in described)
        {
            IReadOnlyList<ConfigEntry> configs = await admin
                .DescribeConfigsAsync(new ConfigResource(ConfigResourceType.Topic, topic.Name), cancellation)
                .ConfigureAwait(false);
            printer.Describe(topic, configs, filter, live);
        }

        printer.EndDescriptions();
    }
}
