using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;
using Barnabas.Raft;
using Barnabas.Storage;

namespace Barnabas.Broker;

/// <summary>
/// Makes log directories ready for a node of a new cluster, as <c>kafka-storage format</c> does:
/// <c>meta.properties</c> in
/// each, and in the metadata directory of a controller the records that the cluster begins with. Blocks.
/// </summary>
/// <remarks>
/// Where those records go depends on metadata.version, so that the Kafka release of that version finds them: since 4.4
/// in
/// the snapshot of offset 0, before in <c>bootstrap.checkpoint</c>. Later releases read the older form too.
/// <c>meta.properties</c> is written last: a directory without it is not formatted, whatever else a crash left there.
/// </remarks>
public sealed class StorageFormatter(IDisk disk, IEntropy entropy, TimeProvider time)
{
    // 4.4-IV0
    private const short SnapshotSinceLevel = 31;

    /// <summary>Formats, and gives the lines to print. Throws <see cref="StorageFormatException"/>.</summary>
    public IReadOnlyList<string> Format(FormatOptions options)
    {
        Check(options);
        SortedDictionary<string, short> features = FormatFeatures.Resolve(options, out MetadataVersion version);
        BootstrapMetadata bootstrap = Bootstrap(options, features, version);
        List<string> empty = FindEmpty(options, out bool hasFormatted);
        if (hasFormatted && !options.IgnoreFormatted)
        {
            string first = options.Directories.Order(StringComparer.Ordinal).First(path => !empty.Contains(path));
            throw new StorageFormatException(
                $"Log directory {first} is already formatted. Use --ignore-formatted to ignore this directory and " +
                "format the others.");
        }

        if (empty.Count == 0)
        {
            return ["All of the log directories are already formatted."];
        }

        var lines = new List<string> { $"Bootstrap metadata: {Describe(bootstrap)}" };
        foreach (string directory in empty)
        {
            lines.Add($"Formatting {Kind(options, directory)} {directory} with metadata.version {version}.");
            Format(options, directory, bootstrap, features[Feature.KRaftVersionName]);
        }

        return lines;
    }

    /// <summary>The version of a release by its name; throws <see cref="StorageFormatException"/>.</summary>
    public static MetadataVersion Release(string name) => MetadataVersion.TryParse(name, out MetadataVersion version)
        ? version
        : throw new StorageFormatException(
            $"Unknown metadata.version '{name}'. Supported metadata.version are: " +
            $"{MetadataVersion.Minimum} to {MetadataVersion.LatestProduction}");

    private static void Check(FormatOptions options)
    {
        if (options.NodeId < 0)
        {
            throw new StorageFormatException("You must specify a valid non-negative node ID.");
        }

        if (options.ClusterId.Length == 0)
        {
            throw new StorageFormatException("You must specify the cluster id.");
        }

        if (options.Directories.Count == 0)
        {
            throw new StorageFormatException("You must specify at least one directory to format");
        }

        if (!options.Directories.Contains(options.MetadataDirectory))
        {
            throw new StorageFormatException(
                $"The specified metadata log directory, {options.MetadataDirectory} was not one of the given " +
                $"directories: [{string.Join(", ", options.Directories)}]");
        }

        if (options.HasStaticVoters && options.InitialControllers is not null)
        {
            throw new StorageFormatException(
                "You cannot specify controller.quorum.voters and format the node with --initial-controllers or " +
                "--standalone. If you want to use dynamic quorum, please remove controller.quorum.voters and specify " +
                "controller.quorum.bootstrap.servers instead.");
        }

        if (options.IsController
            && !options.HasStaticVoters
            && options.InitialControllers is null
            && !options.NoInitialControllers)
        {
            throw new StorageFormatException(
                "Because controller.quorum.voters is not set on this controller, you must specify one of the " +
                "following: --standalone, --initial-controllers, or --no-initial-controllers.");
        }
    }

    private static string Kind(FormatOptions options, string directory)
    {
        if (directory != options.MetadataDirectory)
        {
            return "data directory";
        }

        return options.InitialControllers is not { } voters ? "metadata directory"
            : voters.Find(new BrokerId(options.NodeId)) is not null ? "dynamic metadata voter directory"
            : "dynamic metadata directory";
    }

    private static string Describe(BootstrapMetadata bootstrap) => string.Join(", ", bootstrap.Records.Select(
        static record => record.Message switch
        {
            FeatureLevelRecord feature => $"{feature.Name}={feature.FeatureLevel}",
            UserScramCredentialRecord credential => $"SCRAM credential of {credential.Name}",
            _ => record.Message.GetType().Name,
        }));

    private BootstrapMetadata Bootstrap(
        FormatOptions options,
        SortedDictionary<string, short> features,
        MetadataVersion version)
    {
        if (options.ScramCredentials.Count > 0 && !version.HasScram)
        {
            throw new StorageFormatException("SCRAM is only supported in metadata.version 3.5-IV2 or later.");
        }

        List<MessageAndVersion> credentials = [];
        foreach (string argument in options.ScramCredentials)
        {
            credentials.Add(ScramArgument.ToRecord(argument, entropy));
        }

        return BootstrapMetadata.FromFeatures(version, features, credentials, "format command");
    }

    private List<string> FindEmpty(FormatOptions options, out bool hasFormatted)
    {
        hasFormatted = false;
        var empty = new List<string>();
        foreach (string directory in options.Directories.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (LogDirectories.ReadMeta(disk, directory) is not { } meta)
            {
                empty.Add(directory);
                continue;
            }

            hasFormatted = true;
            if (meta.ClusterId is { } cluster && cluster != options.ClusterId)
            {
                throw new StorageFormatException(
                    $"Invalid cluster.id in: {directory}/{MetaProperties.Name}. Expected {options.ClusterId}, but " +
                    $"read {cluster}");
            }

            if (meta.NodeId is { } node && node != options.NodeId)
            {
                throw new StorageFormatException(
                    $"Stored node id {node} doesn't match previous node id {options.NodeId} in {directory}/" +
                    $"{MetaProperties.Name}.");
            }
        }

        return empty;
    }

    private void Format(FormatOptions options, string directory, BootstrapMetadata bootstrap, short kraftVersion)
    {
        CreateDurably(directory);
        bool isMetadata = directory == options.MetadataDirectory;
        bool inSnapshot = bootstrap.Version.Level >= SnapshotSinceLevel;
        if (!inSnapshot)
        {
            WriteRecords(directory, BootstrapFiles.LegacyName, bootstrap.Records, kraftVersion: 0, voters: null);
        }

        if (isMetadata && options.IsController && (inSnapshot || options.InitialControllers is not null))
        {
            string log = $"{directory}/{TopicName.ClusterMetadata}-0";
            disk.CreateDirectory(log);
            disk.SyncDirectory(directory);
            WriteRecords(
                log,
                SnapshotId.Bootstrap.FileName,
                inSnapshot ? bootstrap.Records : [],
                kraftVersion,
                options.InitialControllers);
        }

        LogDirectories.Format(disk, directory, options.ClusterId, options.NodeId, DirectoryIdFor(options, isMetadata));
    }

    // A new name is durable once the directory that holds it is synced, and so on upwards.
    private void CreateDurably(string directory)
    {
        var missing = new List<string>();
        string? path = directory;
        while (path is not null && !disk.DirectoryExists(path))
        {
            missing.Add(path);
            path = Path.GetDirectoryName(path);
        }

        disk.CreateDirectory(directory);
        foreach (string made in missing)
        {
            if (Path.GetDirectoryName(made) is { } parent)
            {
                disk.SyncDirectory(parent);
            }
        }
    }

    // A voter's directory id is part of who it is, so the metadata directory takes the one that was announced.
    private Uuid DirectoryIdFor(FormatOptions options, bool isMetadata)
    {
        if (isMetadata && options.InitialControllers?.Find(new BrokerId(options.NodeId)) is { } self)
        {
            return self.Key.Directory;
        }

        Uuid drawn;
        do
        {
            drawn = Uuid.Random(entropy);
        }
        while (DirectoryId.IsReserved(drawn));
        return drawn;
    }

    private void WriteRecords(
        string directory,
        string name,
        IReadOnlyList<MessageAndVersion> records,
        short kraftVersion,
        VoterSet? voters)
    {
        long now = time.UnixMilliseconds;
        using var writer = SnapshotWriter.Create(disk, directory, name, epoch: 0, now, now, kraftVersion, voters);
        foreach (MessageAndVersion record in records)
        {
            writer.Append(record);
        }

        writer.Freeze();
    }
}
