namespace Barnabas.Client;

/// <summary>The place of one connection in the pool: under way, open, or to be replaced.</summary>
internal sealed class ConnectionSlot(BrokerAddress address, Task<KafkaConnection> opening, int failures)
{
    public BrokerAddress Address { get; } = address;

    public Task<KafkaConnection> Opening { get; } = opening;

    public bool IsUsable => !Opening.IsCompleted || (Opening.IsCompletedSuccessfully && Opening.Result.IsOpen);

    /// <summary>
    /// Failures in a row before the next attempt: one more if this one failed, one if it was open and is lost.
    /// </summary>
    public int FailuresBefore => Opening.IsCompletedSuccessfully ? 1 : Math.Min(failures + 1, 30);
}
