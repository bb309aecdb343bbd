using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Barnabas.Client;
using Barnabas.Kernel;
using Barnabas.Platform;

namespace Barnabas.Cli;

/// <summary>
/// <c>barnabas console-consumer</c>, in place of <c>kafka-console-consumer</c>: records become lines of standard
/// output.
/// </summary>
internal sealed class ConsoleConsumerCommand
{
    private readonly Option<string> _bootstrap = SharedOptions.BootstrapServer();
    private readonly Option<OutputFormat> _output = SharedOptions.Output();
    private readonly Option<string?> _topic =
        SharedOptions.Value<string?>("--topic", "topic", "The topic to consume from");
    private readonly Option<string?> _include = SharedOptions.Value<string?>(
        "--include",
        "regex",
        "A regular expression over topics to consume from (needs a group; one is made if none is given)");
    private readonly Option<int?> _partition = SharedOptions.Value<int?>(
        "--partition", "number", "Only this partition, from its end unless --offset says otherwise");
    private readonly Option<string?> _offset = SharedOptions.Value<string?>(
        "--offset", "offset", "With --partition: a number, 'earliest' or 'latest' (latest)");
    private readonly Option<bool> _fromBeginning = SharedOptions.Flag(
        "--from-beginning", "Start with the first record where the group has committed nothing");
    private readonly Option<string?> _group =
        SharedOptions.Value<string?>("--group", "id", "Consume as a member of this group");
    private readonly Option<long?> _maxMessages =
        SharedOptions.Value<long?>("--max-messages", "count", "Exit after so many records; -1 never does");
    private readonly Option<long?> _timeout =
        SharedOptions.Value<long?>("--timeout-ms", "ms", "Exit when no record has come for so long");
    private readonly Option<string> _isolation = new("--isolation-level")
    {
        Description = "read_committed leaves out records of open and aborted transactions",
        HelpName = "level",
        DefaultValueFactory = static _ => "read_uncommitted",
    };

    private readonly Option<string[]> _formatterProperties = SharedOptions.Properties(
        "--formatter-property",
        "What is printed: print.timestamp, print.key, print.offset, print.epoch, print.partition, "
        + "print.headers (false), print.value (true), key.separator (tab), line.separator (newline), "
        + "headers.separator (,), null.literal (null), headers.deserializer",
        "--property");
    private readonly Option<FileInfo?> _formatterConfig =
        SharedOptions.File("--formatter-config", "A file with properties of the formatter");
    private readonly Option<string?> _formatter =
        SharedOptions.Value<string?>("--formatter", "class", "Only Kafka's default formatter, which is the default");
    private readonly Option<string?> _keyDeserializer =
        SharedOptions.Value<string?>("--key-deserializer", "class", "One of Kafka's own for simple types");
    private readonly Option<string?> _valueDeserializer =
        SharedOptions.Value<string?>("--value-deserializer", "class", "One of Kafka's own for simple types");
    private readonly Option<string[]> _commandProperties = SharedOptions.Properties(
        "--command-property", "A property of the consumer; may be repeated", "--consumer-property");
    private readonly Option<FileInfo?> _commandConfig = SharedOptions.File(
        "--command-config", "A file with properties of the consumer", "--consumer.config");
    private readonly Option<bool> _skipErrors =
        SharedOptions.Flag("--skip-message-on-error", "Leave out a record that cannot be printed, and go on");
    private readonly Option<bool> _events =
        SharedOptions.Flag("--enable-systest-events", "Print shutdown_complete when all is closed");

    private ConsoleConsumerCommand()
    {
    }

    public static Command Create()
    {
        ConsoleConsumerCommand options = new();
        Command command = new("console-consumer", "Print the records of topics")
        {
            options._bootstrap, options._output, options._topic, options._include, options._partition, options._offset,
            options._fromBeginning, options._group, options._maxMessages, options._timeout, options._isolation,
            options._formatterProperties, options._formatterConfig, options._formatter, options._keyDeserializer,
            options._valueDeserializer, options._commandProperties, options._commandConfig, options._skipErrors,
            options._events,
        };
        command.Runs(options.RunAsync, options._output);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Messages messages, CancellationToken cancellation)
    {
        Check(parsed);
        ClientProperties formatting = new(messages);
        formatting.AddFile(parsed.GetValue(_formatterConfig));
        if (parsed.GetValue(_keyDeserializer) is { } key)
        {
            formatting.Set("key.deserializer", key);
        }

        if (parsed.GetValue(_valueDeserializer) is { } value)
        {
            formatting.Set("value.deserializer", value);
        }

        formatting.AddPairs(parsed.GetValue(_formatterProperties));
        using Stream output = Console.OpenStandardOutput();
        RecordPrinter printer = new(
            output,
            parsed.GetValue(_output),
            formatting.Values,
            parsed.GetValue(_skipErrors) ? problem => messages.Warning($"Skipped: {problem}") : null);
        await using KafkaConsumer consumer = new(Options(parsed, messages));
        long printed = 0;
        try
        {
            await StartAsync(parsed, consumer, cancellation).ConfigureAwait(false);
            while (await PrintSomeAsync(parsed, consumer, printer, printed, cancellation)
                .ConfigureAwait(false) is { } count)
            {
                printed += count;
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C is how this command usually ends.
        }
        catch (RegexMatchTimeoutException)
        {
            throw new CommandFailure("--include: the expression takes too long to match the names of the topics.");
        }
        finally
        {
            printer.Flush();
            if (parsed.GetValue(_output) == OutputFormat.Text)
            {
                Console.Error.WriteLine($"Processed a total of {printer.Count} messages");
            }
        }

        // All that was polled was printed.
        await consumer.CloseAsync(CancellationToken.None).ConfigureAwait(false);
        if (parsed.GetValue(_events))
        {
            Console.Out.WriteLine("shutdown_complete");
        }

        return 0;
    }

    private void Check(ParseResult parsed)
    {
        if ((parsed.GetValue(_topic) is null) == (parsed.GetValue(_include) is null))
        {
            throw new CommandFailure("Exactly one of --include/--topic is required.");
        }

        bool partition = parsed.GetValue(_partition) is not null;
        if (partition && parsed.GetValue(_topic) is null)
        {
            throw new CommandFailure("The topic is required when partition is specified.");
        }

        if (parsed.GetValue(_offset) is not null && !partition)
        {
            throw new CommandFailure("The partition is required when offset is specified.");
        }

        if (parsed.GetValue(_offset) is not null && parsed.GetValue(_fromBeginning))
        {
            throw new CommandFailure("Options from-beginning and offset cannot be specified together.");
        }

        if (parsed.GetValue(_formatter) is { } formatter
            && !formatter.EndsWith("DefaultMessageFormatter", StringComparison.Ordinal))
        {
            throw new CommandFailure(
                "--formatter: there is no other than org.apache.kafka.tools.consumer.DefaultMessageFormatter");
        }
    }

    private void CheckGroup(ParseResult parsed, string group, string? known)
    {
        if (known is not null && known != group)
        {
            throw new CommandFailure(
                $"The group ids provided in different places do not match. Detected group ids: '{group}', '{known}'");
        }

        if (parsed.GetValue(_partition) is not null)
        {
            throw new CommandFailure("Options group and partition cannot be specified together.");
        }
    }

    private ConsumerOptions Options(ParseResult parsed, Messages messages)
    {
        ClientProperties properties = new(messages);
        properties.AddFile(parsed.GetValue(_commandConfig));
        properties.AddPairs(parsed.GetValue(_commandProperties));
        properties.Set("bootstrap.servers", parsed.GetValue(_bootstrap)!);
        properties.Set("isolation.level", parsed.GetValue(_isolation)!);
        properties.SetIfAbsent("client.id", "console-consumer");
        // A poll's worth of records is printed at once; Kafka's 500 would only add rounds.
        properties.SetIfAbsent("max.poll.records", "10000");
        properties.Values.TryGetValue("group.id", out string? known);
        string? group = parsed.GetValue(_group) ?? known;
        if (group is not null)
        {
            CheckGroup(parsed, group, known);
            properties.Set("group.id", group);
        }
        else if (parsed.GetValue(_include) is not null)
        {
            // Nobody will come back to this group: nothing is committed in it.
            properties.Set(
                "group.id", string.Create(CultureInfo.InvariantCulture, $"console-consumer-{Environment.ProcessId}"));
            properties.SetIfAbsent("enable.auto.commit", "false");
        }

        if (parsed.GetValue(_fromBeginning))
        {
            if (properties.Values.TryGetValue("auto.offset.reset", out string? reset) && reset != "earliest")
            {
                throw new CommandFailure(
                    "Can't simultaneously specify --from-beginning and 'auto.offset.reset=" + reset + "'");
            }

            properties.Set("auto.offset.reset", "earliest");
        }

        ConsumerOptions options = ConsumerOptions.FromProperties(properties.Values, out IReadOnlyList<string> ignored);
        properties.TellIgnored(ignored);
        // Without a group the partitions of a topic are asked for once, within a limit; everything else waits for ever.
        bool asksFirst = options.GroupId is null && parsed.GetValue(_partition) is null;
        return options with
        {
            Codecs = NativeCodecs.Create(),
            ConnectionFailed = new ConnectionNotice(
                messages, asksFirst ? options.CallTimeout : null, TimeProvider.System).Tell,
        };
    }

    private async Task StartAsync(ParseResult parsed, KafkaConsumer consumer, CancellationToken cancellation)
    {
        string? topic = parsed.GetValue(_topic);
        if (parsed.GetValue(_include) is { } include)
        {
            consumer.Subscribe(Pattern(include));
        }
        else if (parsed.GetValue(_partition) is { } number)
        {
            TopicPartition partition = new(topic!, number);
            consumer.Assign([partition]);
            Seek(consumer, partition, parsed.GetValue(_offset), parsed.GetValue(_fromBeginning));
        }
        else if (consumer.HasGroup)
        {
            consumer.Subscribe([topic!]);
        }
        else
        {
            // Without a group there is nobody to share with: all partitions, and no coordinator in between.
            TopicInfo info = await consumer.TopicAsync(topic!, cancellation).ConfigureAwait(false);
            consumer.Assign(info.Partitions.Select(partition => new TopicPartition(topic!, partition.Index)));
        }
    }

    private static Regex Pattern(string include)
    {
        try
        {
            return new Regex(include, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException)
        {
            throw new CommandFailure($"{include} is an invalid regex.");
        }
    }

    private static void Seek(KafkaConsumer consumer, TopicPartition partition, string? offset, bool fromBeginning)
    {
        if (fromBeginning || IsWord(offset, "earliest"))
        {
            consumer.SeekToBeginning(partition);
        }
        else if (offset is null || IsWord(offset, "latest"))
        {
            consumer.SeekToEnd(partition);
        }
        else if (long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            consumer.Seek(partition, new Offset(number));
        }
        else
        {
            throw new CommandFailure(
                $"The provided offset value '{offset}' is incorrect. "
                + "Valid values are 'earliest', 'latest', or a non-negative long.");
        }
    }

    private static bool IsWord(string? offset, string word) => word.Equals(offset, StringComparison.OrdinalIgnoreCase);

    // How many were printed, or null when the command is done.
    private async ValueTask<long?> PrintSomeAsync(
        ParseResult parsed, KafkaConsumer consumer, RecordPrinter printer, long before, CancellationToken cancellation)
    {
        long left = (parsed.GetValue(_maxMessages) is { } most and not -1 ? most : long.MaxValue) - before;
        if (left <= 0)
        {
            return null;
        }

        TimeSpan? timeout = parsed.GetValue(_timeout) is { } ms and >= 0 ? TimeSpan.FromMilliseconds(ms) : null;
        IReadOnlyList<ConsumeResult> results = await consumer.PollAsync(TimeSpan.Zero, cancellation)
            .ConfigureAwait(false);
        if (results.Count == 0)
        {
            printer.Flush();
            results = await consumer.PollAsync(timeout ?? TimeSpan.FromSeconds(1), cancellation).ConfigureAwait(false);
            if (results.Count == 0 && timeout is not null)
            {
                return null;
            }
        }

        int count = (int)Math.Min(left, results.Count);
        for (int i = 0; i < count; i++)
        {
            printer.Print(results[i]);
        }

        if (count < results.Count)
        {
            // What was fetched beyond the wanted number was not consumed.
            consumer.Unread(results, count);
        }

        return count;
    }
}
