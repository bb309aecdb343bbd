using static Barnabas.Configuration.ConfigKeyRow;

namespace Barnabas.Configuration;

/// <summary>Transactions. Not in Barnabas yet.</summary>
public static class TransactionKeys
{
    /// <summary>The keys that are known and checked, and have no effect yet.</summary>
    internal static IReadOnlyList<ConfigKey> WithoutEffect { get; } =
    [
        Row("transaction.max.timeout.ms", Int, "900000", High, Fixed,
            "The longest transaction timeout that a producer may ask for.",
            AtLeast(1)),
        Row("transaction.abort.timed.out.transaction.cleanup.interval.ms", Int, "10000", Low, Fixed,
            "How often overdue transactions are ended.",
            AtLeast(1)),
        Row("transaction.remove.expired.transaction.cleanup.interval.ms", Int, "3600000", Low, Fixed,
            "How often forgotten transactional ids are deleted.",
            AtLeast(1)),
        Row("transactional.id.expiration.ms", Int, "604800000", High, Fixed,
            "How long an unused transactional id is remembered.",
            AtLeast(1)),
        Row("transaction.partition.verification.enable", Bool, "true", Low, ClusterWide,
            "Whether a partition asks the coordinator before it accepts the first record of a transaction " +
            "(KIP-890)."),
        Row("transaction.two.phase.commit.enable", Bool, "false", Low, Fixed,
            "Whether a producer may hold a transaction open without timeout (KIP-939)."),
        Row("transaction.state.log.load.buffer.size", Int, "5242880", High, Fixed,
            "How many bytes are read at once when transaction state is loaded.",
            AtLeast(1)),
        Row("transaction.state.log.min.isr", Int, "2", High, Fixed,
            "How many replicas of the transaction topic must be in sync.",
            AtLeast(1)),
        Row("transaction.state.log.num.partitions", Int, "50", High, Fixed,
            "How many partitions the transaction topic gets.",
            AtLeast(1)),
        Row("transaction.state.log.replication.factor", Short, "3", High, Fixed,
            "How many replicas the transaction topic gets.",
            AtLeast(1)),
        Row("transaction.state.log.segment.bytes", Int, "104857600", High, Fixed,
            "The segment size of the transaction topic.",
            AtLeast(1)),
        Row("add.partitions.to.txn.retry.backoff.ms", Int, "20", High, Fixed,
            "The first pause before adding a partition to a transaction is tried again.",
            AtLeast(1)),
        Row("add.partitions.to.txn.retry.backoff.max.ms", Int, "100", High, Fixed,
            "The longest time for such attempts.",
            AtLeast(0)),
    ];
}
