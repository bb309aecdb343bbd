using Barnabas.Kernel;
using Barnabas.Protocol;

namespace Barnabas.Coordination.Tests;

public sealed class ApacheCompatibilityTests
{
    [ApacheKafkaFact]
    public void Records_are_those_of_Apache_Kafka_byte_for_byte()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Apache", "GroupRecordsByApacheKafka.java");
        byte[] theirs = Convert.FromHexString(ApacheKafka.Java(program).Trim());

        var group = new ClassicGroup("g", 1_700_000_000_000);
        group.Load(new GroupMetadataValue
        {
            ProtocolType = "consumer",
            Generation = 3,
            Protocol = "range",
            Leader = "m-1",
            Members =
            [
                new GroupMetadataValue.MemberMetadata
                {
                    MemberId = "m-1", GroupInstanceId = "i-1", ClientId = "client", ClientHost = "/127.0.0.1",
                    RebalanceTimeout = 60_000, SessionTimeout = 10_000, Subscription = [1, 2], Assignment = [3],
                },
            ],
        });
        var plain = new CommittedOffset(-1, 42, 5, "note", 1_700_000_000_001, null, new Uuid(1, 100));
        var expiring = new CommittedOffset(-1, 43, -1, "", 1_700_000_000_001, 1_700_000_009_999, Uuid.Zero);
        CoordinatorRecord[] records =
        [
            GroupRecords.Metadata(group, GroupRecords.CurrentAssignment(group)),
            GroupRecords.Offset("g", "orders", 7, plain),
            GroupRecords.Offset("g", "orders", 7, expiring),
            GroupRecords.OffsetTombstone("g", "orders", 7),
            GroupRecords.GroupTombstone("gone"),
        ];
        int next = 0;
        Memory<byte> ours = new CoordinatorBatchWriter(new CompressionCodecs())
            .Write(records, ref next, isAtomic: true, limit: 1_000_000, timestamp: 1_700_000_000_002);
        Assert.Equal(Convert.ToHexString(theirs), Convert.ToHexString(ours.Span));

        // And what it wrote is loaded.
        var log = new MemoryLog(GroupWorld.Partitions);
        int partition = GroupPartition.Of("g", GroupWorld.Partitions);
        log.Write(partition, theirs);
        log.Commit(partition);
        Assert.Equal(ErrorCode.None, new GroupWorld(log: log).Group("g").Heartbeat("m-1", 3, "i-1"));
    }

    [ApacheKafkaFact]
    public void A_log_of_ours_is_read_by_its_own_tool()
    {
        var world = new GroupWorld();
        TestGroup group = world.Group("g");
        (List<string> members, int generation) = group.Stabilize(2);
        group.Commit("orders", 3, 77, members[0], generation, version: 10);
        group.CommitAsync("payments", 1, 5, members[0], generation, version: 4, retentionMs: 1000);
        string folder = Directory.CreateTempSubdirectory("barnabas-offsets").FullName;
        try
        {
            string segment = Path.Combine(folder, "00000000000000000000.log");
            File.WriteAllBytes(segment, world.Log.Bytes(group.Partition));
            string dump = ApacheKafka.Java(
                "org.apache.kafka.tools.DumpLogSegments", "--offsets-decoder", "--files", segment);

            Assert.Contains("\"generation\":1", dump, StringComparison.Ordinal);
            Assert.Contains($"\"leader\":\"{members[0]}\"", dump, StringComparison.Ordinal);
            Assert.Contains($"\"memberId\":\"{members[1]}\"", dump, StringComparison.Ordinal);
            Assert.Contains("\"topic\":\"orders\",\"partition\":3", dump, StringComparison.Ordinal);
            Assert.Contains("\"offset\":77", dump, StringComparison.Ordinal);
            Assert.Contains("\"topic\":\"payments\",\"partition\":1", dump, StringComparison.Ordinal);
            Assert.Contains("isvalid: true", dump, StringComparison.Ordinal);
            Assert.DoesNotContain("isvalid: false", dump, StringComparison.Ordinal);
            Assert.DoesNotContain("Error", dump, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
