using System.Collections.Concurrent;
using System.Text;
using Barnabas.Kernel;

namespace Barnabas.TransportSpike;

/// <summary>The topics, each an array of partitions. Nothing of it outlives the process.</summary>
internal sealed class SpikeLogs(IDisk disk, string directory)
{
    private readonly ConcurrentDictionary<string, SpikePartition[]> _topics = new(StringComparer.Ordinal);

    // Written by CreateTopics and DeleteTopics only; the name in front saves the lookup of nearly every request.
    private (byte[] Name, SpikePartition[] Partitions)? _last;

    public SpikePartition[]? Find(ReadOnlySpan<byte> name)
    {
        if (_last is { } last && name.SequenceEqual(last.Name))
        {
            return last.Partitions;
        }

        return _topics.TryGetValue(Encoding.UTF8.GetString(name), out SpikePartition[]? found) ? found : null;
    }

    public ErrorCode Create(ReadOnlySpan<byte> name, int partitions)
    {
        string topic = Encoding.UTF8.GetString(name);
        SpikePartition[] made = new SpikePartition[partitions];
        for (int i = 0; i < partitions; i++)
        {
            made[i] = new SpikePartition(disk, $"{directory}/{topic}-{i}.log");
        }

        _topics[topic] = made;
        _last = (name.ToArray(), made);
        return ErrorCode.None;
    }

    public ErrorCode Delete(ReadOnlySpan<byte> name)
    {
        string topic = Encoding.UTF8.GetString(name);
        if (!_topics.TryRemove(topic, out SpikePartition[]? partitions))
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        _last = null;
        for (int i = 0; i < partitions.Length; i++)
        {
            partitions[i].Dispose();
            disk.DeleteFile($"{directory}/{topic}-{i}.log");
        }

        return ErrorCode.None;
    }
}
