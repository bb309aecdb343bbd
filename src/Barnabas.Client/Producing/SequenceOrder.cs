namespace Barnabas.Client;

/// <summary>
/// Sequence numbers go round: 2^31-1 is followed by 0. At most five batches are apart, so order is defined.
/// </summary>
internal static class SequenceOrder
{
    public static int Add(int sequence, int count) => (int)(((long)sequence + count) & int.MaxValue);

    public static bool IsBefore(int left, int right) => left != right && ((right - left) & int.MaxValue) < 1 << 30;
}
