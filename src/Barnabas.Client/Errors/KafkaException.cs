using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>
/// A broker refused, a connection was lost, or a time limit passed. The message says which request met it.
/// </summary>
public sealed class KafkaException : Exception
{
    public KafkaException(ErrorCode errorCode, string message, bool isFatal = false, Exception? inner = null)
        : base(message, inner)
    {
        ErrorCode = errorCode;
        IsFatal = isFatal;
    }

    /// <summary>
    /// The broker's answer, or the protocol's nearest number for what the client met itself:
    /// <see cref="ErrorCode.NetworkException"/> for a lost connection, <see cref="ErrorCode.RequestTimedOut"/> for a
    /// limit of time, <see cref="ErrorCode.CorruptMessage"/> for bytes that do not parse.
    /// </summary>
    public ErrorCode ErrorCode { get; }

    /// <summary>
    /// The same call may succeed when it is made again. The client has already tried as its options allow.
    /// </summary>
    public bool IsRetriable => !IsFatal && ErrorCode.IsRetriable();

    /// <summary>
    /// The client object that threw is of no more use and should be disposed (a fenced producer, say).
    /// </summary>
    public bool IsFatal { get; }

    /// <summary>
    /// Of a record that was produced: an attempt to send it was made whose end is not known, so that it may be in the
    /// log. False says that it certainly is not. Without meaning for other calls.
    /// </summary>
    public bool MayHaveBeenWritten { get; init; }
}
