namespace Barnabas.Client;

/// <summary>A request to be sent: one batch of each of some partitions that one broker leads.</summary>
internal sealed class ProduceCommand(int brokerId)
{
    public int BrokerId { get; } = brokerId;

    public List<ProducerBatch> Batches { get; } = [];

    public long Bytes { get; set; }
}
