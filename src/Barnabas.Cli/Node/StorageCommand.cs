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
        command.SetAction(parsed =>
        {
            MetadataVersion version = MetadataVersion.LatestProduction;
            string? text = parsed.GetValue(release);
            if (text is not null && !MetadataVersion.TryParse(text, out version))
            {
                parsed.InvocationConfiguration.Error.WriteLine($"error: unknown release version '{text}'");
                return ExitCodes.Failure;
            }

            TextWriter output = parsed.InvocationConfiguration.Output;
            // As it was asked for: Kafka says "4.0" of a release, not "4.0-IV3" of its metadata.
            output.WriteLine($"{MetadataVersion.FeatureName}={version.Level} ({text ?? version.ToString()})");
            foreach (Feature feature in Feature.All)
            {
                output.WriteLine($"{feature.Name}={feature.DefaultLevel(version)}");
            }

            return ExitCodes.Success;
        });
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
        command.SetAction(parsed =>
        {
            foreach (string text in parsed.GetRequiredValue(features))
            {
                if (Dependencies(text) is not { } line)
                {
                    parsed.InvocationConfiguration.Error.WriteLine($"error: unknown feature or level '{text}'");
                    return ExitCodes.Failure;
                }

                parsed.InvocationConfiguration.Output.WriteLine(line);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    internal static string? Dependencies(string text)
    {
        string[] sides = text.Split('=');
        if (sides.Length != 2 || !short.TryParse(sides[1], CultureInfo.InvariantCulture, out short level))
        {
            return null;
        }

        if (sides[0] == MetadataVersion.FeatureName)
        {
            return MetadataVersion.TryFromLevel(level, out MetadataVersion version)
                ? $"{text} ({version}) has no dependencies."
                : null;
        }

        if (Feature.Find(sides[0]) is not { } feature || !feature.Supported.Contains(level))
        {
            return null;
        }

        return MetadataVersion.TryFromLevel(feature.RequiredMetadataLevel(level), out MetadataVersion needed)
            ? $"{text} requires:{Environment.NewLine}    {MetadataVersion.FeatureName}={needed.Level} ({needed})"
            : $"{text} has no dependencies.";
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
            || NodeRun.Accept(NodeConfiguration.Parse(file), path.Name, error) is not { } node)
        {
            return ExitCodes.Usage;
        }

        try
        {
            return act(node);
        }
        catch (Exception failure) when (failure is StorageFormatException or FormatException or DiskException)
        {
            error.WriteLine($"error: {failure.Message}");
            return ExitCodes.Failure;
        }
    }
}
