using System.CommandLine;
using System.Globalization;
using Barnabas.Broker;
using Barnabas.Configuration;
using Barnabas.Host;
using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Platform;
using Barnabas.Raft;

namespace Barnabas.Cli;

/// <summary><c>barnabas storage</c>: what Kafka calls kafka-storage, with its options and lines.</summary>
internal static class StorageCommand
{
    public static Command Create() =>
        new("storage", "Prepare and examine data directories.")
        {
            Info(),
            Format(),
            VersionMapping(),
            FeatureDependencies(),
            RandomUuid(),
        };

    private static Command Format()
    {
        Option<FileInfo> config = Config();
        Option<string> clusterId = new("--cluster-id", "-t")
        {
            Description = "The id of the cluster.",
            Required = true,
        };
        Option<string[]> scram = new("--add-scram", "-S")
        {
            Description = "A SCRAM credential for the new cluster: SCRAM-SHA-256=[name=alice,password=alice-secret].",
        };
        Option<bool> ignore = Flag("--ignore-formatted", "-g", "Pass over directories that are formatted.");
        Option<string?> release = new("--release-version", "-r")
        {
            Description =
                $"The release that gives the features their levels; by default {MetadataVersion.LatestProduction}.",
        };
        Option<string[]> features = new("--feature", "-f")
        {
            Description = "The level of one feature: kraft.version=1.",
        };
        Option<bool> standalone = Flag("--standalone", "-s", "This controller is the quorum's only voter.");
        Option<bool> none = Flag("--no-initial-controllers", "-N", "Voters come from other controllers.");
        Option<string?> initial = new("--initial-controllers", "-I")
        {
            Description = "The voters, the same for all nodes: id@host:port:directory,...",
        };
        Command command = new("format", "Format the data directories of this node.")
        {
            config, clusterId, scram, ignore, release, features, standalone, none, initial,
        };
        command.Validators.Add(result =>
        {
            int chosen = (result.GetValue(standalone) ? 1 : 0)
                + (result.GetValue(none) ? 1 : 0)
                + (result.GetValue(initial) is null ? 0 : 1);
            if (chosen > 1)
            {
                result.AddError(
                    "only one of --standalone, --no-initial-controllers and --initial-controllers may be given");
            }
        });
        command.SetAction(parsed => Run(parsed, config, node => Format(
            node,
            parsed.GetRequiredValue(clusterId),
            VotersOf(node, parsed.GetValue(standalone), parsed.GetValue(initial)),
            options => options with
            {
                NoInitialControllers = parsed.GetValue(none),
                ReleaseVersion = parsed.GetValue(release),
                Features = parsed.GetValue(features) ?? [],
                ScramCredentials = parsed.GetValue(scram) ?? [],
                IgnoreFormatted = parsed.GetValue(ignore),
            },
            parsed.InvocationConfiguration.Output)));
        return command;
    }

    /// <summary>Formats what the configuration names; throws <see cref="StorageFormatException"/>.</summary>
    internal static int Format(
        NodeConfiguration node,
        string clusterId,
        VoterSet? voters,
        Func<FormatOptions, FormatOptions> more,
        TextWriter output)
    {
        string metadata = Path.GetFullPath(node.MetadataLogDirectory);
        FormatOptions options = more(new FormatOptions
        {
            ClusterId = clusterId,
            NodeId = node.NodeId,
            Directories = [.. Directories(node)],
            MetadataDirectory = metadata,
            IsController = node.Roles.HasFlag(ProcessRoles.Controller),
            HasStaticVoters = node.Voters.Count > 0,
            InitialControllers = voters,
        });
        StorageFormatter formatter = new(new LinuxDisk(), new SystemEntropy(), TimeProvider.System);
        foreach (string line in formatter.Format(options))
        {
            output.WriteLine(line);
        }

        return ExitCodes.Success;
    }

    /// <summary>This node as the only voter, with a directory id drawn for it.</summary>
    internal static VoterSet Alone(NodeConfiguration node)
    {
        ListenerEndpoint listener = node.AdvertisedControllerListeners[0];
        HostAndPort address = new(listener.Host ?? System.Net.Dns.GetHostName(), listener.Port);
        return VoterSet.ParseDynamic($"{node.NodeId}@{address}:{Uuid.Random(new SystemEntropy())}", listener.Name);
    }

    private static VoterSet? VotersOf(NodeConfiguration node, bool standalone, string? initial) => standalone
        ? Alone(node)
        : initial is null ? null : VoterSet.ParseDynamic(initial, node.ControllerListenerNames[0]);

    private static Command Info()
    {
        Option<FileInfo> config = Config();
        Command command = new("info", "Tell what is in the data directories of this node.") { config };
        command.SetAction(parsed => Run(parsed, config, node =>
        {
            StorageInfo info = StorageInfo.Read(new LinuxDisk(), Directories(node));
            foreach (string line in info.ToLines())
            {
                parsed.InvocationConfiguration.Output.WriteLine(line);
            }

            return info.ExitCode;
        }));
        return command;
    }

    private static Command VersionMapping()
    {
        Option<string?> release = new("--release-version", "-r")
        {
            Description = $"The release; by default {MetadataVersion.LatestProduction}.",
        };
        Command command = new("version-mapping", "Tell the levels of all features in a release.") { release };
        command.SetAction(parsed => Telling(parsed, () =>
        {
            string? text = parsed.GetValue(release);
            MetadataVersion version = text is null ? MetadataVersion.LatestProduction : StorageFormatter.Release(text);
            TextWriter output = parsed.InvocationConfiguration.Output;
            // As it was asked for: Kafka says "4.0" of a release, not "4.0-IV3" of its metadata.
            output.WriteLine($"{MetadataVersion.FeatureName}={version.Level} ({text ?? version.ToString()})");
            foreach (Feature feature in Feature.All)
            {
                output.WriteLine($"{feature.Name}={feature.DefaultLevel(version)}");
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command FeatureDependencies()
    {
        Option<string[]> features = new("--feature", "-f")
        {
            Description = "A feature and its level: transaction.version=2.",
            Required = true,
        };
        Command command = new("feature-dependencies", "Tell which features a feature's level needs.") { features };
        command.SetAction(parsed => Telling(parsed, () =>
        {
            foreach (string text in parsed.GetRequiredValue(features))
            {
                parsed.InvocationConfiguration.Output.WriteLine(Dependencies(text));
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    /// <summary>What a level of a feature needs; throws <see cref="StorageFormatException"/> if it is none.</summary>
    internal static string Dependencies(string text)
    {
        if (text.Split('=', 2, StringSplitOptions.TrimEntries) is not [string name, string number])
        {
            throw new StorageFormatException(
                $"Invalid feature format: {text}. Expected format: 'feature=version' (e.g. 'group.version=1')");
        }

        if (!short.TryParse(number, CultureInfo.InvariantCulture, out short level))
        {
            throw new StorageFormatException($"Invalid version format: {number} for feature {name}");
        }

        if (name == MetadataVersion.FeatureName)
        {
            return MetadataVersion.TryFromLevel(level, out MetadataVersion version)
                ? $"{name}={level} ({version}) has no dependencies."
                : throw new StorageFormatException($"Unknown metadata.version {level}");
        }

        Feature feature = Feature.Find(name) ?? throw new StorageFormatException($"Unknown feature: {name}");
        if (!feature.Supported.Contains(level))
        {
            throw new StorageFormatException($"Feature level {level} is not supported for feature {name}");
        }

        return MetadataVersion.TryFromLevel(feature.RequiredMetadataLevel(level), out MetadataVersion needed)
            ? $"{name}={level} requires:\n    {MetadataVersion.FeatureName}={needed.Level} ({needed})"
            : $"{name}={level} has no dependencies.";
    }

    private static Command RandomUuid()
    {
        Command command = new("random-uuid", "Print a random id, for example for a new cluster.");
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(Uuid.Random(new SystemEntropy()));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<bool> Flag(string name, string alias, string description) => new(name, alias)
    {
        Description = description,
    };

    private static Option<FileInfo> Config() => new("--config", "-c")
    {
        Description = "The node's server.properties.",
        Required = true,
    };

    private static IEnumerable<string> Directories(NodeConfiguration node) =>
        node.LogDirectories
            .Append(node.MetadataLogDirectory)
            .Select(Path.GetFullPath)
            .Distinct(StringComparer.Ordinal);

    private static int Run(ParseResult parsed, Option<FileInfo> config, Func<NodeConfiguration, int> act)
    {
        TextWriter error = parsed.InvocationConfiguration.Error;
        FileInfo path = parsed.GetRequiredValue(config);
        if (PropertiesReader.TryRead(path, error) is not { } file
            || NodeRun.Accept(NodeConfiguration.Parse(file), path.ToString(), error) is not { } node)
        {
            return ExitCodes.Usage;
        }

        return Telling(parsed, () => act(node));
    }

    /// <summary>Turns what is wrong into a line and an exit code.</summary>
    private static int Telling(ParseResult parsed, Func<int> act)
    {
        try
        {
            return act();
        }
        catch (Exception failure) when (failure is StorageFormatException or FormatException or DiskException)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"error: {failure.Message}");
            return ExitCodes.Failure;
        }
    }
}
