using System.Buffers.Binary;

using Barnabas.Kernel;

namespace Barnabas.Protocol;

/// <summary>
/// The bytes of replies, grown as they are written and reused for the next. One connection owns one; it allocates only
/// while it grows. The array is pinned, so that a socket call may take its address.
/// <para>
/// Length ≤ what the request asked about × the size of an answer, and a request is bounded by
/// <c>socket.request.max.bytes</c>; so the buffer needs no bound of its own.
/// </para>
/// </summary>
public sealed class ReplyBuffer
{
    // What an idle connection may keep. Larger answers are rare; their memory goes back when they are sent.
    private const int LargestKept = 1024 * 1024;

    private readonly int _initialCapacity;
    private byte[] _bytes;

    public ReplyBuffer(int initialCapacity = 4096)
    {
        _initialCapacity = initialCapacity;
        _bytes = GC.AllocateUninitializedArray<byte>(initialCapacity, pinned: true);
    }

    /// <summary>Bytes written since the last <see cref="Reset"/>.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes of memory that it keeps, written or not.</summary>
    public int Capacity => _bytes.Length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>
    /// Forgets what was written; memory handed out by <see cref="Written"/> is used again from here on.
    /// </summary>
    public void Reset()
    {
        Length = 0;
        if (_bytes.Length > LargestKept)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(_initialCapacity, pinned: true);
        }
    }

    /// <summary>Appends <paramref name="count"/> bytes for the caller to fill before the next call.</summary>
    public Span<byte> Reserve(int count)
    {
        int start = Length;
        int end = checked(start + count);
        if (end > _bytes.Length)
        {
            Grow(end);
        }

        Length = end;
        return _bytes.AsSpan(start, count);
    }

    /// <summary>Takes back the last bytes reserved, which were not filled.</summary>
    public void GiveBack(int count)
    {
        Invariant.That(count >= 0 && count <= Length);
        Length -= count;
    }

    /// <summary>Overwrites four bytes written earlier.</summary>
    public void PatchInt32(int position, int value) =>
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(position, sizeof(int)), value);

    /// <summary>Appends a whole message.</summary>
    public void Append(IMessage message, short version)
    {
        KafkaWriter writer = new(Reserve(message.Measure(version)));
        message.Write(ref writer, version);
    }

    /// <summary>Begins a reply: room for its size, then the response header. Returns where it begins.</summary>
    public int BeginFrame(int correlationId, short responseHeaderVersion)
    {
        int start = Length;
        bool flexible = responseHeaderVersion >= 1;
        KafkaWriter writer = new(Reserve(sizeof(int) + sizeof(int) + (flexible ? 1 : 0)));
        writer.WriteInt32(0);
        writer.WriteInt32(correlationId);
        if (flexible)
        {
            writer.WriteUnsignedVarint(0);
        }

        return start;
    }

    /// <summary>
    /// Ends the reply that begins at <paramref name="start"/> by writing its size.
    /// <paramref name="bytesElsewhere"/> are those that will be sent between the bytes of this buffer, from files.
    /// </summary>
    public void EndFrame(int start, long bytesElsewhere = 0) =>
        PatchInt32(start, checked((int)(Length - start - sizeof(int) + bytesElsewhere)));

    private void Grow(int needed)
    {
        int capacity = (int)Math.Min(Math.Max(2L * _bytes.Length, needed), Array.MaxLength);
        byte[] larger = GC.AllocateUninitializedArray<byte>(capacity, pinned: true);
        _bytes.AsSpan(0, Length).CopyTo(larger);
        _bytes = larger;
    }
}
