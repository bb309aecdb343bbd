using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>The batches of one partition that wait to be sent, oldest first; records are added to the last.</summary>
internal sealed class PartitionQueue(TopicPartition topicPartition)
{
    private readonly LinkedList<ProducerBatch> _waiting = new();

    public TopicPartition TopicPartition { get; } = topicPartition;

    public int Count => _waiting.Count;

    public ProducerBatch? First => _waiting.First?.Value;

    /// <summary>The batch that takes records; null if there is none, or it is closed.</summary>
    public ProducerBatch? Open => _waiting.Last?.Value is { IsClosed: false } last ? last : null;

    public void Add(ProducerBatch batch) => _waiting.AddLast(batch);

    public ProducerBatch TakeFirst()
    {
        ProducerBatch batch = _waiting.First!.Value;
        _waiting.RemoveFirst();
        return batch;
    }

    /// <summary>
    /// Puts a batch back, in front of what was never sent and among retries in the order of sequences.
    /// </summary>
    public void PutBack(ProducerBatch batch)
    {
        batch.IsQueued = true;
        LinkedListNode<ProducerBatch>? node = _waiting.First;
        while (batch.HasSequence
            && node is not null
            && node.Value.HasSequence
            && SequenceOrder.IsBefore(node.Value.BaseSequence, batch.BaseSequence))
        {
            node = node.Next;
        }

        if (node is null)
        {
            _waiting.AddLast(batch);
        }
        else
        {
            _waiting.AddBefore(node, batch);
        }
    }
}
