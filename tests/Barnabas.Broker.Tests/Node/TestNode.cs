using System.Net;
using System.Net.Sockets;
using Barnabas.Configuration;
using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Platform;
using Barnabas.Protocol;

namespace Barnabas.Broker.Tests;

/// <summary>
/// A whole node in this process: the real seams, a formatted directory of its own, ports chosen by the system. Closed
/// and deleted with the test.
/// </summary>
internal sealed class TestNode : IDisposable
{
    public const string ClusterId = "MkU3OEVBNTcwNTJENDM2Qk";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _properties;
    private readonly bool _ownsFolder;
    private readonly Func<IDisk, IDisk> _disk;
    private readonly Func<INetwork, INetwork> _network;
    private IReadOnlyList<string> _more = [];
    private PlatformSeams? _platform;
    private KillableDisk? _killable;

    private TestNode(
        string folder,
        bool ownsFolder,
        string properties,
        Func<IDisk, IDisk>? disk,
        Func<INetwork, INetwork>? network)
    {
        _disk = disk ?? (static real => real);
        _network = network ?? (static real => real);
        Folder = folder;
        _ownsFolder = ownsFolder;
        _properties = properties;
    }

    /// <summary>Above the log directory.</summary>
    public string Folder { get; }

    public string Data => Path.Combine(Folder, "data");

    public int Port { get; private set; }

    public int ControllerPort { get; private set; }

    public BrokerNode Broker { get; private set; } = null!;

    public TestEvents Events { get; } = new();

    /// <summary>What a handler, timer or item threw: a healthy node has none.</summary>
    public IReadOnlyList<string> Faults => Events.Faults;

    /// <summary>Formats and opens. <paramref name="properties"/> are lines behind the usual ones.</summary>
    public static TestNode Start(
        string properties = "",
        string? folder = null,
        int reactors = 2,
        Func<IDisk, IDisk>? disk = null,
        IReadOnlyList<string>? moreLogDirectories = null,
        Func<INetwork, INetwork>? network = null)
    {
        TestNode node = new(
            folder ?? Directory.CreateTempSubdirectory("barnabas-node").FullName,
            folder is null,
            properties,
            disk,
            network)
        {
            _more = moreLogDirectories ?? [],
        };
        try
        {
            node.Format();
            node.Open(reactors);
            return node;
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    /// <summary>Closes in order; <see cref="Open"/> may follow.</summary>
    public void Close()
    {
        if (_platform is null)
        {
            return;
        }

        using ManualResetEventSlim closed = new();
        Broker.Close(closed.Set);
        closed.Wait(Patience);
        Kill();
    }

    /// <summary>Stops without a word: no checkpoint, no clean-shutdown marker.</summary>
    public void Kill()
    {
        _platform?.Dispose();
        _platform = null;
        _killable?.ReleaseLocks();
        _killable = null;
    }

    public void Open(int reactors = 2)
    {
        _platform = PlatformSeams.Create(new TransportOptions { Reactors = reactors, OnFault = Events.OnFault });
        _killable = new KillableDisk(_platform.Seams.Disk);
        NodeSeams seams = _platform.Seams with
        {
            Disk = _disk(_killable),
            Network = _network(_platform.Seams.Network),
        };
        Broker = new BrokerNode(Configuration(), seams, NativeCodecs.Create(), Events);
        using ManualResetEventSlim ready = new();
        Broker.Open(
            ready.Set,
            reason =>
            {
                Events.Failure = reason;
                ready.Set();
            });
        Assert.True(ready.Wait(Patience), "The node did not get ready in time.");
        Assert.Null(Events.Failure);
        Port = Broker.Endpoints.Single(static open => open.Listener == "PLAINTEXT").Address.Port;
        ControllerPort = Broker.Endpoints.Single(static open => open.Listener == "CONTROLLER").Address.Port;
    }

    public RawConnection Connect() => RawConnection.To(Port);

    /// <summary>Makes a topic and waits until it is served; gives its id.</summary>
    public Uuid CreateTopic(string name, int partitions = 1, params (string Key, string Value)[] configs)
    {
        CreateTopicsRequest request = new() { TimeoutMs = 10_000 };
        CreateTopicsRequest.CreatableTopic topic = new()
        {
            Name = name,
            NumPartitions = partitions,
            ReplicationFactor = 1,
        };
        foreach ((string key, string value) in configs)
        {
            topic.Configs.Add(new() { Name = key, Value = value });
        }

        request.Topics.Add(topic);
        using RawConnection connection = Connect();
        CreateTopicsResponse response = connection.Ask<CreateTopicsResponse>(request, 7);
        Assert.Equal(ErrorCode.None, (ErrorCode)response.Topics[0].ErrorCode);
        return response.Topics[0].TopicId;
    }

    /// <summary>Waits until some broker coordinates the group.</summary>
    public void FindCoordinator(string group)
    {
        using RawConnection connection = Connect();
        DateTime end = DateTime.UtcNow + Patience;
        FindCoordinatorResponse response;
        do
        {
            response = connection.Ask<FindCoordinatorResponse>(new FindCoordinatorRequest { Key = group }, 2);
            Thread.Sleep(20);
        }
        while (response.ErrorCode == (short)ErrorCode.CoordinatorNotAvailable && DateTime.UtcNow < end);

        Assert.Equal(ErrorCode.None, (ErrorCode)response.ErrorCode);
        // It is told before it has read its log.
        while (IsLoading() && DateTime.UtcNow < end)
        {
            Thread.Sleep(20);
        }

        Assert.False(IsLoading());

        bool IsLoading() => (ErrorCode)connection.Ask<DescribeGroupsResponse>(
            new DescribeGroupsRequest { Groups = [group] }, 4).Groups[0].ErrorCode != ErrorCode.None;
    }

    public void Dispose()
    {
        try
        {
            Close();
        }
        finally
        {
            Kill();
            if (_ownsFolder)
            {
                Directory.Delete(Folder, recursive: true);
            }
        }
    }

    private void Format()
    {
        using PlatformSeams platform =
            PlatformSeams.Create(new TransportOptions { Reactors = 1, OnFault = Events.OnFault });
        new StorageFormatter(platform.Seams.Disk, platform.Seams.Entropy, platform.Seams.Time).Format(new FormatOptions
        {
            ClusterId = ClusterId,
            NodeId = 1,
            Directories = [Data, .. _more],
            MetadataDirectory = Data,
            IsController = true,
            HasStaticVoters = true,
            IgnoreFormatted = true,
        });
    }

    private NodeConfiguration Configuration()
    {
        NodeConfigurationResult result = NodeConfiguration.Parse(PropertiesFile.Parse(
            $"""
            process.roles=broker,controller
            node.id=1
            controller.listener.names=CONTROLLER
            listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0
            controller.quorum.voters=1@127.0.0.1:19393
            log.dirs={string.Join(',', (string[])[Data, .. _more])}
            metadata.log.dir={Data}
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=3
            group.initial.rebalance.delay.ms=0
            auto.create.topics.enable=false
            {_properties}

            """));
        Assert.Empty(result.Problems);
        return result.Configuration!;
    }
}
