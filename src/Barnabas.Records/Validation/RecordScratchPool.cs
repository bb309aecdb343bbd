namespace Barnabas.Records;

/// <summary>
/// A few <see cref="RecordScratch"/>, for as many appends at a time. When all are in use a further one is made, and
/// dropped when it comes back to a full pool: memory at rest is bounded by <c>capacity</c> times what each retains.
/// From any thread.
/// </summary>
/// <param name="capacity">How many are kept; as many as there are threads that append.</param>
public sealed class RecordScratchPool(int capacity, int retainedBytes = RecordScratch.DefaultRetainedBytes)
{
    private readonly RecordScratch?[] _idle = new RecordScratch?[capacity];

    public RecordScratch Rent()
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is not null && Interlocked.Exchange(ref _idle[i], null) is { } scratch)
            {
                return scratch;
            }
        }

        return new RecordScratch(retainedBytes);
    }

    public void Return(RecordScratch scratch)
    {
        scratch.Clear();
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is null && Interlocked.CompareExchange(ref _idle[i], scratch, null) is null)
            {
                return;
            }
        }
    }
}
