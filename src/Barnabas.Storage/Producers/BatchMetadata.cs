namespace Barnabas.Storage;

/// <summary>What is remembered of a producer's batch, to recognise it when it comes again.</summary>
internal readonly record struct BatchMetadata(int LastSequence, long LastOffset, int OffsetDelta, long Timestamp)
{
    /// <summary>Sequence numbers go round: after 2^31-1 comes 0.</summary>
    public int FirstSequence => (LastSequence - OffsetDelta) & int.MaxValue;

    public long FirstOffset => LastOffset - OffsetDelta;
}
