using Barnabas.Kernel;
using Barnabas.Metadata;
using Barnabas.Protocol;
using Barnabas.Raft;
using Barnabas.Records;

namespace Barnabas.Broker;

/// <summary>
/// Turns decided records into batches of the log, one behind the other, for one append. A step that must come into
/// effect as a whole is one batch; the checksum of a batch is what a crash cannot tear apart.
/// </summary>
internal sealed class BatchAssembler
{
    private readonly RecordBatchBuilder _builder = new(new CompressionCodecs(), SnapshotWriter.BatchBytesMax);
    private readonly List<byte> _bytes = [];

    public ReadOnlySpan<byte> Bytes => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);

    public void Clear() => _bytes.Clear();

    /// <summary>False, with nothing added, if an atomic step does not fit into one batch.</summary>
    public bool TryAdd(ControllerStep step, long baseOffset, int epoch, long nowMs)
    {
        int before = _bytes.Count;
        Begin(baseOffset, epoch);
        foreach (MessageAndVersion record in step.Records)
        {
            byte[] value = MetadataRecordCodec.ToBytes(record);
            if (_builder.TryAppend(nowMs, OptionalBytes.Null, value))
            {
                continue;
            }

            if (step.IsAtomic)
            {
                _bytes.RemoveRange(before, _bytes.Count - before);
                return false;
            }

            long next = _builder.NextOffset.Value;
            _bytes.AddRange(_builder.Build().Span);
            Begin(next, epoch);
            bool fits = _builder.TryAppend(nowMs, OptionalBytes.Null, value);
            Invariant.That(fits);
        }

        _bytes.AddRange(_builder.Build().Span);
        return true;
    }

    private void Begin(long baseOffset, int epoch) => _builder.Reset(new RecordBatchTemplate
    {
        BaseOffset = new Offset(baseOffset),
        PartitionLeaderEpoch = new LeaderEpoch(epoch),
    });
}
