using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>How one item of an administrative call ended.</summary>
/// <param name="Name">The topic, resource or group.</param>
/// <param name="Error"><see cref="ErrorCode.None"/> if it was done.</param>
/// <param name="Message">The broker's words, if it had any.</param>
public readonly record struct AdminResult(string Name, ErrorCode Error, string? Message)
{
    /// <summary>Throws if it was not done.</summary>
    /// <exception cref="KafkaException">With <see cref="Error"/> and <see cref="Message"/>.</exception>
    public void ThrowIfFailed()
    {
        if (Error != ErrorCode.None)
        {
            throw new KafkaException(Error, Message is { Length: > 0 } words ? words : $"{Name}: {Error}");
        }
    }
}
