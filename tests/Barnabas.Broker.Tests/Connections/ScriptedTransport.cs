using System.Net;
using Barnabas.Kernel;

namespace Barnabas.Broker.Tests;

/// <summary>
/// A connection whose other side is the test: it says what arrives, how much of an answer is taken, and when it ends.
/// Like the real ones it tells its handler of the end only after the call in which it was closed.
/// </summary>
internal sealed class ScriptedTransport(TestReactor reactor, IPAddress? remote = null) : IConnection
{
    private readonly Queue<byte[]> _arriving = new();
    private readonly byte[] _sent = new byte[32 << 20];
    private readonly byte[] _scratch = new byte[64 * 1024];
    private int _sentLength;
    private bool _peerEnded;

    public IReactor Reactor { get; set; } = reactor;

    public long Id => 1;

    public IPEndPoint Local { get; } = new(IPAddress.Loopback, 9092);

    public IPEndPoint Remote { get; } = new(remote ?? IPAddress.Loopback, 50_000);

    public IConnectionHandler Handler { get; set; } = null!;

    public bool IsClosed { get; private set; }

    public bool WantsReadable { get; private set; } = true;

    public bool WantsWritable { get; private set; }

    /// <summary>How many bytes the peer takes in all before sending blocks.</summary>
    public long Window { get; set; } = long.MaxValue;

    /// <summary>The most that one call of send takes.</summary>
    public int SendMax { get; set; } = int.MaxValue;

    /// <summary>If set, what arrives comes from here and not from <see cref="Arrive"/>.</summary>
    public ReusedBytes? Source { get; set; }

    public ReadOnlySpan<byte> Sent => _sent.AsSpan(0, _sentLength);

    /// <summary>Bytes arrive, as what one receive finds; the handler is told while it wants to be.</summary>
    public void Arrive(params ReadOnlySpan<byte> bytes)
    {
        _arriving.Enqueue(bytes.ToArray());
        Deliver();
    }

    /// <summary>Tells the handler of what waits, as often as a level-triggered poll would.</summary>
    public void Deliver()
    {
        while (!IsClosed && WantsReadable && (_arriving.Count > 0 || _peerEnded))
        {
            Handler.OnReadable();
        }

        Settle();
    }

    public void EndByPeer()
    {
        _peerEnded = true;
        Deliver();
    }

    /// <summary>The peer takes this much more.</summary>
    public void Take(long bytes)
    {
        Window += bytes;
        if (!IsClosed && WantsWritable)
        {
            Handler.OnWritable();
        }

        Deliver();
    }

    /// <summary>The whole frames sent so far, without their lengths; then forgotten.</summary>
    public List<byte[]> TakeFrames()
    {
        List<byte[]> frames = [];
        int at = 0;
        while (_sentLength - at >= sizeof(int))
        {
            int size = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(_sent.AsSpan(at));
            if (_sentLength - at - sizeof(int) < size)
            {
                break;
            }

            frames.Add(_sent.AsSpan(at + sizeof(int), size).ToArray());
            at += sizeof(int) + size;
        }

        _sent.AsSpan(at, _sentLength - at).CopyTo(_sent);
        _sentLength -= at;
        return frames;
    }

    /// <summary>Forgets what was sent, without allocating.</summary>
    public void ForgetSent() => _sentLength = 0;

    public IoResult Receive(Span<byte> destination)
    {
        if (IsClosed)
        {
            return IoResult.Closed;
        }

        if (Source is not null)
        {
            int taken = Source.Take(destination);
            return taken > 0 ? IoResult.Done(taken) : IoResult.WouldBlock;
        }

        if (!_arriving.TryPeek(out byte[]? next))
        {
            if (!_peerEnded)
            {
                return IoResult.WouldBlock;
            }

            Close();
            return IoResult.Closed;
        }

        int count = Math.Min(next.Length, destination.Length);
        next.AsSpan(0, count).CopyTo(destination);
        _arriving.Dequeue();
        if (count < next.Length)
        {
            byte[][] behind = [.. _arriving];
            _arriving.Clear();
            _arriving.Enqueue(next[count..]);
            foreach (byte[] bytes in behind)
            {
                _arriving.Enqueue(bytes);
            }
        }

        return IoResult.Done(count);
    }

    public IoResult Send(ReadOnlySpan<byte> source, bool more = false)
    {
        if (IsClosed)
        {
            return IoResult.Closed;
        }

        int count = (int)Math.Min(Math.Min(source.Length, SendMax), Window);
        if (count == 0)
        {
            return IoResult.WouldBlock;
        }

        source[..count].CopyTo(_sent.AsSpan(_sentLength));
        _sentLength += count;
        Window -= count;
        return IoResult.Done(count);
    }

    public IoResult SendFile(IDiskFile file, long position, int count)
    {
        int most = Math.Min(count, Math.Min(_scratch.Length, SendMax));
        Span<byte> piece = _scratch.AsSpan(0, (int)Math.Min(most, Window));
        if (piece.IsEmpty)
        {
            return IoResult.WouldBlock;
        }

        int read = file.Read(piece, position);
        return read == 0 ? IoResult.Done(0) : Send(piece[..read]);
    }

    public void NotifyWhenWritable(bool on) => WantsWritable = on;

    public void NotifyWhenReadable(bool on) => WantsReadable = on;

    public void Close() => IsClosed = true;

    /// <summary>After the turn in which it closed, the handler is told once.</summary>
    public void Settle()
    {
        if (IsClosed && Handler is { } told)
        {
            Handler = null!;
            told.OnClosed();
        }
    }
}
