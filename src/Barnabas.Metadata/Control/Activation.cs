using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Metadata;

/// <summary>The first records of a controller's term.</summary>
internal static class Activation
{
    public static void AddRecords(ControllerStep step, long transactionStartOffset, BootstrapMetadata bootstrap)
    {
        bool isEmpty = step.Image.Version is null;
        MetadataVersion version = step.Image.Version ?? bootstrap.Version;
        if (transactionStartOffset >= 0)
        {
            Invariant.That(version.HasTransactions);
            step.Add(new AbortTransactionRecord { Reason = "Controller failover" }, 0);
        }

        if (isEmpty)
        {
            AddBootstrap(step, bootstrap);
        }
    }

    private static void AddBootstrap(ControllerStep step, BootstrapMetadata bootstrap)
    {
        // Without transactions one atomic batch must do.
        if (bootstrap.Version.HasTransactions)
        {
            step.Add(new BeginTransactionRecord { Name = "Bootstrap records" }, 0);
        }

        step.AddRange(bootstrap.Records);
        if (bootstrap.FeatureLevel(Feature.EligibleLeaderReplicasName) > 0)
        {
            // KIP-966: with eligible leader replicas min.insync.replicas is the cluster's business, never one broker's.
            string minIsr = step.Configs.StaticValue(ConfigResourceType.Topic, ConfigChanges.MinInSyncReplicas) ?? "1";
            step.Add(ImageRecords.ConfigChange(ConfigResource.AllBrokers, ConfigChanges.MinInSyncReplicas, minIsr));
        }

        if (bootstrap.Version.HasTransactions)
        {
            step.Add(new EndTransactionRecord(), 0);
        }
    }
}
