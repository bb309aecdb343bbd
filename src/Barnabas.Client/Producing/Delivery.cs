using System.Threading.Tasks.Sources;

namespace Barnabas.Client;

/// <summary>The promise to one caller that its record's fate will be told. Awaited at most once.</summary>
internal sealed class Delivery(int index, long timestampMs) : IValueTaskSource<RecordMetadata>
{
    // Asynchronous: the caller's code must not run on the connection's read loop.
    private ManualResetValueTaskSourceCore<RecordMetadata> _source = new() { RunContinuationsAsynchronously = true };

    /// <summary>The record's place in its batch; moves when the batch is split.</summary>
    public int Index { get; set; } = index;

    public long TimestampMs { get; } = timestampMs;

    public ValueTask<RecordMetadata> Task => new(this, _source.Version);

    public void Succeed(RecordMetadata metadata) => _source.SetResult(metadata);

    public void Fail(KafkaException error) => _source.SetException(error);

    public RecordMetadata GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
