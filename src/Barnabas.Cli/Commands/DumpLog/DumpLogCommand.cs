using System.CommandLine;

namespace Barnabas.Cli;

/// <summary>
/// <c>barnabas dump-log</c>, in place of <c>kafka-dump-log</c>: shows what the files of a log directory hold. Reads
/// only.
/// </summary>
internal sealed class DumpLogCommand
{
    private readonly Option<string[]> _files = new("--files")
    {
        Description = "The files, separated by commas: .log, .index, .timeindex, .txnindex, .snapshot, .checkpoint, "
            + "leader-epoch-checkpoint",
        HelpName = "file1,file2",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> _printData =
        SharedOptions.Flag("--print-data-log", "Print keys and values of records");
    private readonly Option<bool> _deep = SharedOptions.Flag("--deep-iteration", "Print records, not only batches");
    private readonly Option<bool> _sanity =
        SharedOptions.Flag("--index-sanity-check", "Only check indexes as a broker does when it starts");
    private readonly Option<bool> _verify =
        SharedOptions.Flag("--verify-index-only", "Only compare indexes with their log, without printing them");
    private readonly Option<int> _maxMessageSize = new("--max-message-size")
    {
        Description = "The largest batch that an index entry may point at (5242880)",
        HelpName = "bytes",
        DefaultValueFactory = static _ => 5 * 1024 * 1024,
    };

    private readonly Option<int> _maxBytes = new("--max-bytes")
    {
        Description = "Read only so much of each log",
        HelpName = "bytes",
        DefaultValueFactory = static _ => int.MaxValue,
    };

    private readonly Option<bool> _offsets =
        SharedOptions.Flag("--offsets-decoder", "Read records as those of __consumer_offsets");
    private readonly Option<bool> _transactions =
        SharedOptions.Flag("--transaction-log-decoder", "Read records as those of __transaction_state");
    private readonly Option<bool> _metadata =
        SharedOptions.Flag("--cluster-metadata-decoder", "Read records as those of __cluster_metadata");
    private readonly Option<bool> _share =
        SharedOptions.Flag("--share-group-state-decoder", "Read records as those of __share_group_state");
    private readonly Option<string?> _keyDecoder = Decoder("--key-decoder-class");
    private readonly Option<string?> _valueDecoder = Decoder("--value-decoder-class");
    private readonly Option<bool> _skipMetadata =
        SharedOptions.Flag("--skip-record-metadata", "Print only keys and values of records, and no control records");

    private DumpLogCommand()
    {
    }

    public static Command Create()
    {
        DumpLogCommand options = new();
        Command command = new("dump-log", "Show what the files of a log directory hold")
        {
            options._files, options._printData, options._deep, options._sanity, options._verify,
            options._maxMessageSize, options._maxBytes, options._offsets, options._transactions, options._metadata,
            options._share, options._keyDecoder, options._valueDecoder, options._skipMetadata,
        };
        command.Runs(options.RunAsync);
        return command;
    }

    private static Option<string?> Decoder(string name) => new(name)
    {
        Description = "StringDecoder, ByteArrayDecoder, LongDecoder or IntegerDecoder (StringDecoder)",
        HelpName = "class",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private Task<int> RunAsync(ParseResult parsed, Messages messages, CancellationToken cancellation)
    {
        bool decodes = parsed.GetValue(_offsets) || parsed.GetValue(_transactions) || parsed.GetValue(_metadata)
            || parsed.GetValue(_share) || parsed.GetResult(_keyDecoder) is not null
            || parsed.GetResult(_valueDecoder) is not null;
        bool prints = parsed.GetValue(_printData) || decodes;
        DumpSettings settings = new(
            prints,
            parsed.GetValue(_deep) || prints,
            parsed.GetValue(_sanity),
            parsed.GetValue(_verify),
            parsed.GetValue(_skipMetadata),
            parsed.GetValue(_maxMessageSize),
            parsed.GetValue(_maxBytes),
            ParserOf(parsed));
        using StreamWriter output = new(Console.OpenStandardOutput(), bufferSize: 64 * 1024);
        DumpFindings findings = new();
        foreach (string file in FilesOf(parsed))
        {
            cancellation.ThrowIfCancellationRequested();
            output.WriteLine($"Dumping {file}");
            DumpFile(file, settings, findings, output);
        }

        output.Flush();
        findings.Print(Console.Error);
        return Task.FromResult(0);
    }

    private IEnumerable<string> FilesOf(ParseResult parsed) => parsed.GetValue(_files)!
        .SelectMany(list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private IRecordParser ParserOf(ParseResult parsed)
    {
        if (parsed.GetValue(_offsets))
        {
            return CoordinatorRecordParser.ForOffsets();
        }

        if (parsed.GetValue(_transactions))
        {
            return CoordinatorRecordParser.ForTransactions();
        }

        if (parsed.GetValue(_metadata))
        {
            return new MetadataRecordParser();
        }

        return parsed.GetValue(_share)
            ? CoordinatorRecordParser.ForShareState()
            : new PlainRecordParser(parsed.GetValue(_keyDecoder), parsed.GetValue(_valueDecoder));
    }

    private static void DumpFile(string file, DumpSettings settings, DumpFindings findings, TextWriter output)
    {
        switch (Path.GetExtension(file))
        {
            case ".log" or ".checkpoint":
                new LogDumper(settings, findings, output).Dump(file);
                break;
            case ".index":
                new OffsetIndexDumper(settings, findings, output).Dump(file);
                break;
            case ".timeindex":
                new TimeIndexDumper(settings, findings, output).Dump(file);
                break;
            case ".txnindex":
                TransactionIndexDumper.Dump(file, output);
                break;
            case ".snapshot":
                ProducerSnapshotDumper.Dump(file, output);
                break;
            default:
                if (Path.GetFileName(file) == "leader-epoch-checkpoint")
                {
                    EpochCheckpointDumper.Dump(file, output);
                }
                else
                {
                    output.Flush();
                    Console.Error.WriteLine($"Ignoring unknown file {file}");
                }

                break;
        }
    }
}
