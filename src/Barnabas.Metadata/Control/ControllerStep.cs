using System.Collections.Immutable;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>One step of the controller: the state it starts from and the records it has decided on so far.</summary>
public sealed class ControllerStep
{
    private readonly List<MessageAndVersion> _records = [];
    private int _unbounded;

    internal ControllerStep(
        MetadataImage image,
        long nextOffset,
        MonotonicTime now,
        ControllerOptions options,
        IConfigValidation configs,
        IEntropy entropy,
        BrokerSessions sessions)
    {
        Image = image;
        NextOffset = nextOffset;
        Now = now;
        Options = options;
        Configs = configs;
        Entropy = entropy;
        Sessions = sessions;
    }

    /// <summary>To be appended in this order, in one batch if <see cref="IsAtomic"/>; may be empty.</summary>
    public IReadOnlyList<MessageAndVersion> Records => _records;

    /// <summary>True if no record changes anything (KIP-835): the log could do without them.</summary>
    public bool SaysNothing => _records.TrueForAll(static record => record.Message is NoOpRecord);

    /// <summary>False if a crash may leave a prefix of the records without harm.</summary>
    public bool IsAtomic { get; internal set; } = true;

    /// <summary>The state before the step, with everything decided earlier, committed or not.</summary>
    internal MetadataImage Image { get; }

    /// <summary>The offset the first record will get.</summary>
    internal long NextOffset { get; }

    internal MonotonicTime Now { get; }

    internal ControllerOptions Options { get; }

    internal IConfigValidation Configs { get; }

    internal IEntropy Entropy { get; }

    internal BrokerSessions Sessions { get; }

    internal int RecordCount => _records.Count;

    internal MetadataVersion Version =>
        Image.Version ?? throw new ControllerException(ErrorCode.NotController, "The cluster is not bootstrapped yet.");

    internal void Add(IRecordMessage message, short version) => Add(new MessageAndVersion(message, version));

    internal void Add(MessageAndVersion record)
    {
        if (_records.Count - _unbounded >= Options.RecordsPerRequestMax)
        {
            throw new ControllerException(
                ErrorCode.PolicyViolation,
                "Unable to perform excessively large batch operation.");
        }

        _records.Add(record);
    }

    /// <summary>
    /// For what a broker's going or coming causes: as many records as it has partitions. They do not count against what
    /// the request asks for itself, or a broker with more partitions than that could never come back.
    /// </summary>
    internal void AddUnbounded(MessageAndVersion record)
    {
        _records.Add(record);
        _unbounded++;
    }

    internal void AddRange(IEnumerable<MessageAndVersion> records)
    {
        foreach (MessageAndVersion record in records)
        {
            Add(record);
        }
    }

    /// <summary>Takes back what one failed item of a command added.</summary>
    internal void TruncateTo(int count)
    {
        _records.RemoveRange(count, _records.Count - count);
        _unbounded = Math.Min(_unbounded, count);
    }

    /// <summary>A topic's configuration as it is in effect: topic, this node, all brokers, file, default.</summary>
    internal string? EffectiveTopicConfig(string topic, string key)
    {
        var node = new ConfigResource(
            ConfigResourceType.Broker,
            Options.NodeId.ToString());
        ReadOnlySpan<ConfigResource> levels = [ConfigResource.Topic(topic), node, ConfigResource.AllBrokers];
        foreach (ConfigResource level in levels)
        {
            ImmutableSortedDictionary<string, string> configs = Image.ConfigsOf(level);
            if (configs.TryGetValue(key, out string? value))
            {
                return value;
            }
        }

        return Configs.StaticValue(ConfigResourceType.Topic, key);
    }

    /// <summary>Throws STALE_BROKER_EPOCH unless the broker is registered with this epoch.</summary>
    internal BrokerRegistration RequireBroker(int id, long epoch)
    {
        if (!Image.Brokers.TryGetValue(new BrokerId(id), out BrokerRegistration? broker))
        {
            throw new ControllerException(
                ErrorCode.StaleBrokerEpoch,
                $"No broker registration found for broker id {id}");
        }

        return broker.Epoch == epoch
            ? broker
            : throw new ControllerException(
                ErrorCode.StaleBrokerEpoch,
                $"Expected broker epoch {broker.Epoch}, but got broker epoch {epoch}");
    }
}
