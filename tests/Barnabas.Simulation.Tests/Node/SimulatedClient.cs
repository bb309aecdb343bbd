using System.Buffers.Binary;
using System.Net;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Simulation.Tests;

/// <summary>
/// One client's connection to the broker, opened when it is first needed and anew after it broke. It checks what every
/// client may rely on: replies come in the order of the requests, each one once, none unasked, and all of them before
/// the deadline or not at all because the connection closed. Only from its reactor.
/// </summary>
internal sealed class SimulatedClient(IReactor reactor, IPEndPoint broker, string name, Findings findings)
    : IConnectionAcceptor, IConnectionHandler
{
    // Far above every timeout that a request carries here.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(20);

    private readonly Queue<Call> _calls = new();
    private readonly byte[] _slab = new byte[32 * 1024];
    private byte[] _incoming = [];
    private int _incomingCount;
    private byte[] _outgoing = [];
    private int _sent;
    private int _outgoingCount;
    private int _nextCorrelation;
    private IConnection? _connection;
    private bool _isConnecting;
    private bool _wasCut;

    public string Name => name;

    public IReactor Reactor => reactor;

    public int Unanswered => _calls.Count;

    /// <summary>
    /// Sends a request. <paramref name="then"/> runs once: with the answer, or with null when the connection is gone
    /// and nobody knows whether the request was carried out.
    /// </summary>
    public void Send<TResponse>(IApiMessage request, short version, Action<TResponse?> then)
        where TResponse : class, IMessage<TResponse>, new()
    {
        Call call = new(request.ApiKey, version, _nextCorrelation++, reactor.Now + AnswerWithin, body =>
        {
            if (body.IsEmpty)
            {
                then(null);
                return;
            }

            KafkaReader reader = new(body);
            TResponse response = new();
            response.Read(ref reader, version);
            findings.Require(
                !reader.Failed && reader.Remaining == 0, $"{name}: {request.ApiKey} v{version} unreadable");
            then(response);
        });
        _calls.Enqueue(call);
        Encode(request, version, call.Correlation);
        if (_connection is null && !_isConnecting)
        {
            _isConnecting = true;
            _wasCut = false;
            reactor.Connect(broker, this);
        }

        Flush();
    }

    /// <summary>Gives the connection up, as an impatient client does.</summary>
    public void Disconnect()
    {
        if (_connection is { } open)
        {
            open.Close();
            Lose();
        }
        else if (_isConnecting)
        {
            _wasCut = true;
            Lose();
        }
    }

    /// <summary>Complains of a request that the broker has neither answered nor refused by closing.</summary>
    public void CheckDeadlines()
    {
        if (_calls.TryPeek(out Call? oldest) && oldest.Deadline < reactor.Now)
        {
            findings.Add($"{name}: {oldest.Api} v{oldest.Version} was not answered within {AnswerWithin} (I-47)");
        }
    }

    public IConnectionHandler? Accept(IConnection connection)
    {
        _isConnecting = false;
        if (_wasCut)
        {
            _wasCut = false;
            if (_calls.Count > 0)
            {
                _isConnecting = true;
                reactor.Connect(broker, this);
            }

            return null;
        }

        _connection = connection;
        Flush();
        return this;
    }

    public void ConnectFailed(string reason)
    {
        _isConnecting = false;
        _wasCut = false;
        Lose();
    }

    public void OnReadable()
    {
        IConnection? connection = _connection;
        if (connection is null)
        {
            return;
        }

        IoResult received = connection.Receive(_slab);
        if (received.Status == IoStatus.Closed)
        {
            Lose();
            return;
        }

        Grow(ref _incoming, _incomingCount + received.Count);
        _slab.AsSpan(0, received.Count).CopyTo(_incoming.AsSpan(_incomingCount));
        _incomingCount += received.Count;
        TakeFrames(connection);
    }

    public void OnWritable() => Flush();

    public void OnClosed()
    {
    }

    private static void Grow(ref byte[] buffer, int needed)
    {
        if (needed > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(needed, 2 * buffer.Length));
        }
    }

    private void TakeFrames(IConnection from)
    {
        while (_connection == from && _incomingCount >= sizeof(int))
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(_incoming);
            if (!findings.Require(length is >= 4 and < 1 << 26, $"{name}: a reply of {length} bytes"))
            {
                Disconnect();
                return;
            }

            if (_incomingCount < sizeof(int) + length)
            {
                return;
            }

            byte[] frame = _incoming[sizeof(int)..(sizeof(int) + length)];
            _incomingCount -= sizeof(int) + length;
            Array.Copy(_incoming, sizeof(int) + length, _incoming, 0, _incomingCount);
            Take(frame);
        }
    }

    private void Take(byte[] frame)
    {
        if (!_calls.TryDequeue(out Call? call))
        {
            findings.Add($"{name}: a reply that nobody asked for (I-47)");
            return;
        }

        KafkaReader reader = new(frame.AsMemory());
        int correlation = reader.ReadInt32();
        if (ApiKeys.Get(call.Api).ResponseHeaderVersion(call.Version) >= 1)
        {
            reader.SkipTaggedFields();
        }

        if (correlation != call.Correlation)
        {
            findings.Add($"{name}: reply {correlation} where {call.Correlation} ({call.Api}) was next (I-47)");
        }

        call.Done(frame.AsMemory(reader.Position));
    }

    private void Lose()
    {
        _connection = null;
        _incomingCount = 0;
        _sent = 0;
        _outgoingCount = 0;
        // Callbacks send again, on the next connection.
        Call[] lost = [.. _calls];
        _calls.Clear();
        foreach (Call call in lost)
        {
            call.Done(default);
        }
    }

    private void Encode(IApiMessage request, short version, int correlation)
    {
        short headerVersion = ApiKeys.Get(request.ApiKey).RequestHeaderVersion(version);
        RequestHeader header = new()
        {
            RequestApiKey = (short)request.ApiKey,
            RequestApiVersion = version,
            CorrelationId = correlation,
            ClientId = name,
        };
        int length = header.Measure(headerVersion) + request.Measure(version);
        Grow(ref _outgoing, _outgoingCount + sizeof(int) + length);
        BinaryPrimitives.WriteInt32BigEndian(_outgoing.AsSpan(_outgoingCount), length);
        KafkaWriter writer = new(_outgoing.AsSpan(_outgoingCount + sizeof(int), length));
        header.Write(ref writer, headerVersion);
        request.Write(ref writer, version);
        _outgoingCount += sizeof(int) + length;
    }

    private void Flush()
    {
        if (_connection is not { } connection)
        {
            return;
        }

        while (_sent < _outgoingCount)
        {
            IoResult result = connection.Send(_outgoing.AsSpan(_sent, _outgoingCount - _sent));
            if (result.Status == IoStatus.Closed)
            {
                // What this means for the calls is told in a turn of its own: a caller may be in the middle of a send.
                reactor.Post(new Turn(() =>
                {
                    if (_connection == connection)
                    {
                        Lose();
                    }
                }));
                return;
            }

            if (result.Status == IoStatus.WouldBlock)
            {
                connection.NotifyWhenWritable(true);
                return;
            }

            _sent += result.Count;
        }

        connection.NotifyWhenWritable(false);
        (_sent, _outgoingCount) = (0, 0);
    }

    private sealed record Call(
        ApiKey Api, short Version, int Correlation, MonotonicTime Deadline, Action<ReadOnlyMemory<byte>> Done);
}
