namespace Barnabas.Kernel;

/// <summary>
/// An idempotent producer's identity. A higher epoch of the same id fences the lower ones (KIP-98). Both are -1 for a
/// producer without idempotence.
/// </summary>
public readonly record struct ProducerIdAndEpoch(long ProducerId, short Epoch)
{
    public static ProducerIdAndEpoch None => new(-1, -1);

    public bool IsNone => ProducerId < 0;
}
