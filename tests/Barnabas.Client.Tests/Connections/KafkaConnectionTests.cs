using System.Buffers.Binary;
using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client.Tests;

/// <summary>The connection against a scripted peer, friendly and hostile.</summary>
public sealed class KafkaConnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Pipelined_requests_get_their_own_answers_even_out_of_single_bytes()
    {
        await using FakePeer peer = new();
        await using KafkaConnection connection = await OpenAsync(peer);
        Task<HeartbeatResponse> first = Heartbeat(connection);
        Task<HeartbeatResponse> second = Heartbeat(connection);
        FakePeer.Request one = await peer.ReceiveAsync();
        FakePeer.Request two = await peer.ReceiveAsync();
        byte[] answers =
        [
            .. FakePeer.Frame(one, new HeartbeatResponse { ErrorCode = 27 }, one.Version),
            .. FakePeer.Frame(two, new HeartbeatResponse { ErrorCode = 25 }, two.Version),
        ];
        foreach (byte single in answers)
        {
            await peer.SendAsync(new[] { single });
        }

        Assert.Equal(27, (await first.WaitAsync(Patience)).ErrorCode);
        Assert.Equal(25, (await second.WaitAsync(Patience)).ErrorCode);
    }

    [Fact]
    public async Task A_broker_that_does_not_know_our_version_of_the_handshake_is_asked_in_its_own()
    {
        await using FakePeer peer = new();
        Task<KafkaConnection> opening = KafkaConnection.OpenAsync(peer.Address, peer.Options, default);
        await peer.AcceptSilentlyAsync();
        FakePeer.Request first = await peer.ReceiveAsync();
        Assert.Equal(4, first.Version);
        ApiVersionsResponse refusal = new() { ErrorCode = (short)ErrorCode.UnsupportedVersion };
        refusal.ApiKeys.Add(new ApiVersionsResponse.ApiVersion { ApiKey = (short)ApiKey.ApiVersions, MaxVersion = 2 });
        await peer.AnswerAsync(first, refusal, 0);
        FakePeer.Request second = await peer.ReceiveAsync();
        Assert.Equal(2, second.Version);
        await peer.AnswerAsync(second, FakePeer.AllVersions());
        await using KafkaConnection connection = await opening.WaitAsync(Patience);
        Assert.True(connection.IsOpen);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(1024 * 1024 + 1)]
    public async Task M38_a_hostile_length_ends_the_connection_without_being_believed(int length)
    {
        await using FakePeer peer = new();
        await using KafkaConnection connection = await OpenAsync(peer);
        Task<HeartbeatResponse> pending = Heartbeat(connection);
        await peer.ReceiveAsync();
        byte[] announced = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(announced, length);
        await peer.SendAsync(announced);

        KafkaException error = await Assert.ThrowsAsync<KafkaException>(() => pending.WaitAsync(Patience));
        Assert.Equal(ErrorCode.CorruptMessage, error.ErrorCode);
        Assert.False(connection.IsOpen);
    }

    [Fact]
    public async Task An_answer_to_another_request_ends_the_connection()
    {
        await using FakePeer peer = new();
        await using KafkaConnection connection = await OpenAsync(peer);
        Task<HeartbeatResponse> pending = Heartbeat(connection);
        FakePeer.Request request = await peer.ReceiveAsync();
        await peer.AnswerAsync(request with { CorrelationId = request.CorrelationId + 1 }, new HeartbeatResponse());

        KafkaException error = await Assert.ThrowsAsync<KafkaException>(() => pending.WaitAsync(Patience));
        Assert.Equal(ErrorCode.CorruptMessage, error.ErrorCode);
    }

    [Fact]
    public async Task An_answer_that_does_not_parse_ends_the_connection()
    {
        await using FakePeer peer = new();
        await using KafkaConnection connection = await OpenAsync(peer);
        Task<MetadataResponse> pending = connection.SendAsync<MetadataResponse>(new MetadataRequest());
        FakePeer.Request request = await peer.ReceiveAsync();
        byte[] frame = FakePeer.Frame(request, new MetadataResponse { ClusterId = "c" }, request.Version);
        byte[] cut = frame[..^3];
        BinaryPrimitives.WriteInt32BigEndian(cut, cut.Length - sizeof(int));
        await peer.SendAsync(cut);

        KafkaException error = await Assert.ThrowsAsync<KafkaException>(() => pending.WaitAsync(Patience));
        Assert.Equal(ErrorCode.CorruptMessage, error.ErrorCode);
        Assert.False(connection.IsOpen);
    }

    [Fact]
    public async Task A_lost_connection_fails_everything_that_is_pending_and_everything_after_it()
    {
        await using FakePeer peer = new();
        await using KafkaConnection connection = await OpenAsync(peer);
        Task<HeartbeatResponse> first = Heartbeat(connection);
        Task<HeartbeatResponse> second = Heartbeat(connection);
        await peer.ReceiveAsync();
        peer.Disconnect();

        foreach (Task<HeartbeatResponse> pending in (Task<HeartbeatResponse>[])[first, second])
        {
            KafkaException error = await Assert.ThrowsAsync<KafkaException>(() => pending.WaitAsync(Patience));
            Assert.Equal(ErrorCode.NetworkException, error.ErrorCode);
            Assert.True(error.IsRetriable);
        }

        await Assert.ThrowsAsync<KafkaException>(() => Heartbeat(connection).WaitAsync(Patience));
    }

    [Fact]
    public async Task A_broker_that_never_answers_is_given_up_after_the_request_timeout()
    {
        await using FakePeer peer = new();
        ClientOptions options = peer.Options with { RequestTimeout = TimeSpan.FromSeconds(2) };
        Task<KafkaConnection> opening = KafkaConnection.OpenAsync(peer.Address, options, default);
        await peer.AcceptAsync();
        await using KafkaConnection connection = await opening;

        KafkaException error =
            await Assert.ThrowsAsync<KafkaException>(() => Heartbeat(connection).WaitAsync(Patience));
        Assert.Equal(ErrorCode.RequestTimedOut, error.ErrorCode);
    }

    [Fact]
    public async Task Cancelling_a_request_leaves_the_connection_to_the_others()
    {
        await using FakePeer peer = new();
        await using KafkaConnection connection = await OpenAsync(peer);
        using CancellationTokenSource cancellation = new();
        Task<HeartbeatResponse> cancelled =
            connection.SendAsync<HeartbeatResponse>(NewHeartbeat(), cancellation: cancellation.Token);
        Task<HeartbeatResponse> other = Heartbeat(connection);
        FakePeer.Request first = await peer.ReceiveAsync();
        FakePeer.Request second = await peer.ReceiveAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await peer.AnswerAsync(first, new HeartbeatResponse());
        await peer.AnswerAsync(second, new HeartbeatResponse { ErrorCode = 27 });
        Assert.Equal(27, (await other.WaitAsync(Patience)).ErrorCode);
    }

    [Fact]
    public async Task Nobody_listening_is_a_retriable_error_with_the_address_in_it()
    {
        FakePeer peer = new();
        BrokerAddress address = peer.Address;
        await peer.DisposeAsync();
        KafkaException error = await Assert.ThrowsAsync<KafkaException>(
            () => KafkaConnection.OpenAsync(address, peer.Options, default));
        Assert.Equal(ErrorCode.NetworkException, error.ErrorCode);
        Assert.Contains(address.ToString(), error.Message, StringComparison.Ordinal);
    }

    private static async Task<KafkaConnection> OpenAsync(FakePeer peer)
    {
        Task<KafkaConnection> opening = KafkaConnection.OpenAsync(peer.Address, peer.Options, default);
        await peer.AcceptAsync();
        return await opening.WaitAsync(Patience);
    }

    private static HeartbeatRequest NewHeartbeat() => new() { GroupId = "g", MemberId = "m" };

    private static Task<HeartbeatResponse> Heartbeat(KafkaConnection connection) =>
        connection.SendAsync<HeartbeatResponse>(NewHeartbeat());
}
