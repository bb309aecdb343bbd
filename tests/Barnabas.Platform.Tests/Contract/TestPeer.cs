using Barnabas.Kernel;

namespace Barnabas.Platform.Tests;

/// <summary>
/// One end of a connection: sends what it is given as the connection takes it, keeps or returns what arrives, and
/// counts what it is told. Fields are written on the reactor and read by the test.
/// </summary>
internal sealed class TestPeer(IConnection connection, bool echo) : IConnectionHandler
{
    private readonly byte[] _buffer = new byte[8192];
    private readonly Lock _gate = new();
    private readonly List<byte> _received = [];
    private byte[] _toSend = [];
    private int _sent;

    public IConnection Connection { get; } = connection;

    public Action? WhenReadable { get; set; }

    public int Closings;

    public int Writables;

    public int CallsAfterClosing;

    public bool SawEnd;

    public bool SentAll;

    public bool MayLeave;

    public int Moves;

    public byte[] Received
    {
        get
        {
            lock (_gate)
            {
                return [.. _received];
            }
        }
    }

    public int ReceivedCount
    {
        get
        {
            lock (_gate)
            {
                return _received.Count;
            }
        }
    }

    public void Send(byte[] bytes)
    {
        _toSend = bytes;
        _sent = 0;
        Push();
    }

    public void OnReadable()
    {
        NoteLateCall();
        if (WhenReadable is { } instead)
        {
            instead();
            return;
        }

        IoResult result = Connection.Receive(_buffer);
        if (result.Status == IoStatus.Closed)
        {
            Volatile.Write(ref SawEnd, true);
            return;
        }

        lock (_gate)
        {
            _received.AddRange(_buffer.AsSpan(0, result.Count));
        }

        if (echo && result.Count > 0)
        {
            Send(_buffer[..result.Count]);
            Connection.NotifyWhenReadable(_sent == _toSend.Length);
        }
    }

    public void OnWritable()
    {
        NoteLateCall();
        Interlocked.Increment(ref Writables);
        Push();
        if (echo && _sent == _toSend.Length)
        {
            Connection.NotifyWhenReadable(true);
        }
    }

    public bool TryLeave()
    {
        NoteLateCall();
        return Volatile.Read(ref MayLeave) && _sent == _toSend.Length;
    }

    public void OnMoved()
    {
        NoteLateCall();
        Assert.True(Connection.Reactor.IsCurrent);
        Interlocked.Increment(ref Moves);
    }

    public void OnClosed() => Interlocked.Increment(ref Closings);

    private void Push()
    {
        while (_sent < _toSend.Length)
        {
            IoResult result = Connection.Send(_toSend.AsSpan(_sent));
            if (result.Status != IoStatus.Done)
            {
                Connection.NotifyWhenWritable(true);
                return;
            }

            _sent += result.Count;
        }

        Connection.NotifyWhenWritable(false);
        Volatile.Write(ref SentAll, true);
    }

    private void NoteLateCall()
    {
        if (Volatile.Read(ref Closings) > 0)
        {
            Interlocked.Increment(ref CallsAfterClosing);
        }
    }
}
