using Barnabas.Kernel;

namespace Barnabas.Client;

/// <summary>What the accumulator asks about brokers: who leads, and who can take a request now.</summary>
internal interface IPartitionLeaders
{
    /// <summary>-1 if nobody is known to lead.</summary>
    int LeaderOf(TopicPartition partition);

    /// <summary>False while the connection to a broker is not open.</summary>
    bool IsReady(int brokerId);
}
