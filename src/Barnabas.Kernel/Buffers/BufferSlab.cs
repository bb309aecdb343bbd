namespace Barnabas.Kernel;

/// <summary>
/// One buffer of a pool. Its generation is odd while it is rented and rises with each renting and each return, so a
/// lease that was copied and returned twice is recognised.
/// </summary>
internal sealed class BufferSlab(BufferPool owner, byte[] bytes, int sizeClass)
{
    private uint _generation;

    public BufferPool Owner { get; } = owner;

    public byte[] Bytes { get; } = bytes;

    public int SizeClass { get; } = sizeClass;

    public BufferSlab? NextIdle { get; set; }

    public string? Origin { get; set; }

    public uint Generation => Volatile.Read(ref _generation);

    public uint BeginLease()
    {
        uint generation = ++_generation;
        Invariant.That((generation & 1) == 1);
        return generation;
    }

    public bool TryEndLease(uint generation) =>
        Interlocked.CompareExchange(ref _generation, generation + 1, generation) == generation;
}
