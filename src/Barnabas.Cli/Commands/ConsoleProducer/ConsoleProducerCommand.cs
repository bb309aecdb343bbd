using System.CommandLine;
using System.Globalization;
using Barnabas.Client;
using Barnabas.Platform;
using Barnabas.Records;

namespace Barnabas.Cli;

/// <summary>
/// <c>barnabas console-producer</c>, in place of <c>kafka-console-producer</c>: lines of standard input become records.
/// </summary>
internal sealed class ConsoleProducerCommand
{
    private const string LineReader = "org.apache.kafka.tools.LineMessageReader";

    private readonly Option<string> _bootstrap = SharedOptions.BootstrapServer();
    private readonly Option<string> _topic = new("--topic")
    {
        Description = "The topic to produce to",
        HelpName = "topic",
        Required = true,
    };

    private readonly Option<string[]> _readerProperties = SharedOptions.Properties(
        "--reader-property",
        "How lines are read: parse.key, parse.headers, ignore.error (false), key.separator, headers.delimiter (tab), "
        + "headers.separator (,), headers.key.separator (:), null.marker",
        "--property");
    private readonly Option<FileInfo?> _readerConfig =
        SharedOptions.File("--reader-config", "A file with properties of the line reader");
    private readonly Option<string?> _reader =
        SharedOptions.Value<string?>("--line-reader", "class", "Only Kafka's own line reader, which is the default");
    private readonly Option<string[]> _commandProperties = SharedOptions.Properties(
        "--command-property",
        "A property of the producer, such as linger.ms=5; may be repeated",
        "--producer-property");
    private readonly Option<FileInfo?> _commandConfig = SharedOptions.File(
        "--command-config", "A file with properties of the producer", "--producer.config");
    private readonly Option<string?> _codec = new("--compression-codec")
    {
        Description = "none, gzip, snappy, lz4 or zstd; without a value gzip",
        HelpName = "codec",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _sync = SharedOptions.Flag("--sync", "Wait for each record before the next is sent");
    private readonly Option<int?> _batchSize =
        SharedOptions.Value<int?>("--batch-size", "bytes", "batch.size (16384)", "--max-partition-memory-bytes");
    private readonly Option<long?> _timeout =
        SharedOptions.Value<long?>("--timeout", "ms", "linger.ms: how long a record waits for company (1000)");
    private readonly Option<string?> _acks =
        SharedOptions.Value<string?>("--request-required-acks", "acks", "acks: all, 1 or 0 (-1, which is all)");
    private readonly Option<int?> _requestTimeout =
        SharedOptions.Value<int?>("--request-timeout-ms", "ms", "request.timeout.ms (1500)");
    private readonly Option<int?> _retries =
        SharedOptions.Value<int?>("--message-send-max-retries", "count", "retries (3)");
    private readonly Option<long?> _retryBackoff =
        SharedOptions.Value<long?>("--retry-backoff-ms", "ms", "retry.backoff.ms (100)");
    private readonly Option<long?> _maxBlock =
        SharedOptions.Value<long?>("--max-block-ms", "ms", "max.block.ms (60000)");
    private readonly Option<long?> _maxMemory =
        SharedOptions.Value<long?>("--max-memory-bytes", "bytes", "buffer.memory (33554432)");
    private readonly Option<long?> _metadataExpiry =
        SharedOptions.Value<long?>("--metadata-expiry-ms", "ms", "metadata.max.age.ms (300000)");
    private readonly Option<int?> _socketBuffer =
        SharedOptions.Value<int?>("--socket-buffer-size", "bytes", "send.buffer.bytes; without effect");

    private ConsoleProducerCommand()
    {
    }

    public static Command Create()
    {
        ConsoleProducerCommand options = new();
        Command command = new("console-producer", "Send lines of standard input to a topic")
        {
            options._bootstrap, options._topic, options._readerProperties, options._readerConfig, options._reader,
            options._commandProperties, options._commandConfig, options._codec, options._sync, options._batchSize,
            options._timeout, options._acks, options._requestTimeout, options._retries, options._retryBackoff,
            options._maxBlock, options._maxMemory, options._metadataExpiry, options._socketBuffer,
        };
        command.Runs(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Messages messages, CancellationToken cancellation)
    {
        if (parsed.GetValue(_reader) is { } reader && reader != LineReader)
        {
            throw new CommandFailure($"--line-reader: there is no other than {LineReader}");
        }

        ClientProperties readerProperties = new(messages);
        readerProperties.AddFile(parsed.GetValue(_readerConfig));
        readerProperties.AddPairs(parsed.GetValue(_readerProperties));
        LineParser parser = new(readerProperties.Values);
        long failed = 0;
        ProducerOptions options = Options(parsed, messages);
        options = options with
        {
            Codecs = NativeCodecs.Create(),
            DeliveryFailed = failure =>
            {
                Interlocked.Add(ref failed, failure.RecordCount);
                messages.Error(
                    $"{failure.RecordCount} record(s) were not delivered: {failure.Error.Message}",
                    failure.Error.ErrorCode);
            },
            ConnectionFailed = new ConnectionNotice(messages, options.BlockMax, TimeProvider.System).Tell,
        };
        await using (KafkaProducer producer = new(options))
        {
            await ProduceAsync(parsed, producer, parser, cancellation).ConfigureAwait(false);
        }

        return Interlocked.Read(ref failed) == 0 ? 0 : 1;
    }

    private ProducerOptions Options(ParseResult parsed, Messages messages)
    {
        ClientProperties properties = new(messages);
        properties.AddFile(parsed.GetValue(_commandConfig));
        properties.AddPairs(parsed.GetValue(_commandProperties));
        properties.Set("bootstrap.servers", parsed.GetValue(_bootstrap)!);
        bool asksForCodec = parsed.GetResult(_codec) is not null;
        if (asksForCodec)
        {
            properties.Set("compression.type", parsed.GetValue(_codec) ?? "gzip");
        }

        Merge(properties, "batch.size", parsed.GetValue(_batchSize), 16384);
        Merge(properties, "linger.ms", parsed.GetValue(_timeout), 1000);
        Merge(properties, "request.timeout.ms", parsed.GetValue(_requestTimeout), 1500);
        Merge(properties, "retries", parsed.GetValue(_retries), 3);
        Merge(properties, "retry.backoff.ms", parsed.GetValue(_retryBackoff), 100);
        Merge(properties, "max.block.ms", parsed.GetValue(_maxBlock), 60000);
        Merge(properties, "buffer.memory", parsed.GetValue(_maxMemory), 33554432);
        Merge(properties, "metadata.max.age.ms", parsed.GetValue(_metadataExpiry), 300000);
        properties.SetIfAbsent("client.id", "console-producer");
        if (parsed.GetValue(_acks) is { } acks)
        {
            properties.Set("acks", acks);
        }

        ProducerOptions options = ProducerOptions.FromProperties(properties.Values, out IReadOnlyList<string> ignored);
        properties.TellIgnored(ignored);
        return options;
    }

    // An option that was given wins over the property; the tool's own default only fills a gap.
    private static void Merge(ClientProperties properties, string key, long? given, long otherwise)
    {
        if (given is { } value)
        {
            properties.Set(key, value.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            properties.SetIfAbsent(key, otherwise.ToString(CultureInfo.InvariantCulture));
        }
    }

    private async Task ProduceAsync(
        ParseResult parsed, KafkaProducer producer, LineParser parser, CancellationToken cancellation)
    {
        string topic = parsed.GetValue(_topic)!;
        bool sync = parsed.GetValue(_sync);
        bool prompts = !Console.IsInputRedirected && !Console.IsOutputRedirected;
        using Stream input = Console.OpenStandardInput();
        LineSplitter lines = new(input, Array.MaxLength);
        long number = 0;
        bool more = true;
        while (more)
        {
            if (prompts)
            {
                Console.Out.Write('>');
            }

            more = await lines.FillAsync(cancellation).ConfigureAwait(false);
            while (lines.TryNext(out ReadOnlyMemory<byte> line))
            {
                number++;
                ParsedLine parts = parser.Parse(line, number);
                ProducerRecord record = new(topic) { Key = parts.Key, Value = parts.Value, Headers = parts.Headers };
                if (sync)
                {
                    await producer.ProduceAsync(record, cancellation).ConfigureAwait(false);
                }
                else if (!TryEnqueue(producer, topic, parts))
                {
                    await producer.EnqueueAsync(record, cancellation).ConfigureAwait(false);
                }
            }
        }
    }

    private static bool TryEnqueue(KafkaProducer producer, string topic, ParsedLine parts) =>
        parts.Headers is null
        && producer.TryEnqueue(
            topic,
            parts.Key is { } key ? key.Span : OptionalBytes.Null,
            parts.Value is { } value ? value.Span : OptionalBytes.Null);
}
