using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client.Tests;

/// <summary>
/// A broker of a script's making on loopback: it speaks frames, and the test says what is in them. Version handshakes
/// are answered by itself unless the test wants to.
/// </summary>
internal sealed class FakePeer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private Socket? _socket;

    public FakePeer() => _listener.Start();

    public BrokerAddress Address => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    public ClientOptions Options => new()
    {
        BootstrapServers = [Address],
        RequestTimeout = TimeSpan.FromSeconds(5),
        ResponseBytesMax = 1024 * 1024,
    };

    /// <summary>Accepts a connection and answers its handshake.</summary>
    public async Task AcceptAsync()
    {
        _socket = await _listener.AcceptSocketAsync();
        Request handshake = await ReceiveAsync();
        await AnswerAsync(handshake, AllVersions(), 4);
    }

    public async Task AcceptSilentlyAsync() => _socket = await _listener.AcceptSocketAsync();

    public async Task<Request> ReceiveAsync()
    {
        byte[] length = await ReadAsync(sizeof(int));
        byte[] body = await ReadAsync(BinaryPrimitives.ReadInt32BigEndian(length));
        return new Request(
            (ApiKey)BinaryPrimitives.ReadInt16BigEndian(body),
            BinaryPrimitives.ReadInt16BigEndian(body.AsSpan(2)),
            BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(4)));
    }

    public Task AnswerAsync(Request request, IMessage response, short? version = null) =>
        SendAsync(Frame(request, response, version ?? request.Version));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket!.SendAsync(bytes)..];
        }
    }

    public void Disconnect() => _socket!.Dispose();

    public async ValueTask DisposeAsync()
    {
        _socket?.Dispose();
        _listener.Dispose();
        await Task.CompletedTask;
    }

    public static byte[] Frame(Request request, IMessage response, short version)
    {
        bool tags = ApiKeys.Get(request.Key).ResponseHeaderVersion(request.Version) >= 1;
        int header = sizeof(int) + (tags ? 1 : 0);
        byte[] frame = new byte[sizeof(int) + header + response.Measure(version)];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(sizeof(int)), request.CorrelationId);
        KafkaWriter writer = new(frame.AsSpan(sizeof(int) + header));
        response.Write(ref writer, version);
        return frame;
    }

    public static ApiVersionsResponse AllVersions()
    {
        ApiVersionsResponse response = new();
        foreach (ApiKeyFacts api in ApiKeys.All)
        {
            if (!api.Retired)
            {
                response.ApiKeys.Add(new ApiVersionsResponse.ApiVersion
                {
                    ApiKey = (short)api.Key,
                    MinVersion = api.LowestVersion,
                    MaxVersion = api.HighestStableVersion,
                });
            }
        }

        return response;
    }

    private async Task<byte[]> ReadAsync(int count)
    {
        byte[] bytes = new byte[count];
        int filled = 0;
        while (filled < count)
        {
            int read = await _socket!.ReceiveAsync(bytes.AsMemory(filled));
            if (read == 0)
            {
                throw new IOException("the client has closed the connection");
            }

            filled += read;
        }

        return bytes;
    }

    internal readonly record struct Request(ApiKey Key, short Version, int CorrelationId);
}
