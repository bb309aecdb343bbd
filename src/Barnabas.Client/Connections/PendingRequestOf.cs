using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Client;

/// <summary>A <see cref="PendingRequest"/> whose answer is a <typeparamref name="TResponse"/>.</summary>
internal sealed class PendingRequestOf<TResponse>(
    ApiKeyFacts api, short version, MonotonicTime deadline, bool inline)
    : PendingRequest(api, version, deadline)
    where TResponse : class, IMessage<TResponse>, new()
{
    // Inline: the continuation is the client's own, short, and wants the answers in their order.
    private readonly TaskCompletionSource<TResponse> _completion = new(
        inline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResponse> Task => _completion.Task;

    public override bool TryComplete(ref KafkaReader body)
    {
        short version = Version;
        if (Api.Key == ApiKey.ApiVersions && PeekError(body) == ErrorCode.UnsupportedVersion)
        {
            // KIP-511: whatever was asked, this one answer comes in version 0, with the range the broker does speak.
            version = 0;
        }

        TResponse response = new();
        response.Read(ref body, version);
        if (body.Failed)
        {
            return false;
        }

        _completion.TrySetResult(response);
        return true;
    }

    public override void CompleteEmpty() => _completion.TrySetResult(new TResponse());

    public override void Fail(KafkaException error) => _completion.TrySetException(error);

    // The reader is a copy: peeking moves nothing.
    private static ErrorCode PeekError(KafkaReader body) => (ErrorCode)body.ReadInt16();
}
