import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.apache.kafka.server.common.ApiMessageAndVersion;

/** Prints, as hex, one batch of group records as Apache Kafka writes them; the test builds the same. */
public class GroupRecordsByApacheKafka {
    public static void main(String[] args) {
        GroupCoordinatorRecordSerde serde = new GroupCoordinatorRecordSerde();
        GroupMetadataValue group = new GroupMetadataValue()
            .setProtocolType("consumer").setGeneration(3).setProtocol("range").setLeader("m-1")
            .setCurrentStateTimestamp(1700000000000L)
            .setMembers(List.of(new GroupMetadataValue.MemberMetadata()
                .setMemberId("m-1").setGroupInstanceId("i-1").setClientId("client").setClientHost("/127.0.0.1")
                .setRebalanceTimeout(60000).setSessionTimeout(10000)
                .setSubscription(new byte[] {1, 2}).setAssignment(new byte[] {3})));
        OffsetCommitKey offsetKey = new OffsetCommitKey().setGroup("g").setTopic("orders").setPartition(7);
        OffsetCommitValue offset = new OffsetCommitValue()
            .setOffset(42).setLeaderEpoch(5).setMetadata("note").setCommitTimestamp(1700000000001L)
            .setTopicId(new Uuid(1, 100));
        OffsetCommitValue expiring = new OffsetCommitValue()
            .setOffset(43).setMetadata("").setCommitTimestamp(1700000000001L).setExpireTimestamp(1700000009999L);
        List<CoordinatorRecord> records = List.of(
            CoordinatorRecord.record(new GroupMetadataKey().setGroup("g"), new ApiMessageAndVersion(group, (short) 3)),
            CoordinatorRecord.record(offsetKey, new ApiMessageAndVersion(offset, (short) 4)),
            CoordinatorRecord.record(offsetKey, new ApiMessageAndVersion(expiring, (short) 1)),
            CoordinatorRecord.tombstone(offsetKey),
            CoordinatorRecord.tombstone(new GroupMetadataKey().setGroup("gone")));
        SimpleRecord[] simple = records.stream()
            .map(r -> new SimpleRecord(1700000000002L, serde.serializeKey(r), serde.serializeValue(r)))
            .toArray(SimpleRecord[]::new);
        ByteBuffer bytes = MemoryRecords.withRecords(Compression.NONE, simple).buffer();
        byte[] out = new byte[bytes.remaining()];
        bytes.get(out);
        System.out.println(HexFormat.of().withUpperCase().formatHex(out));
    }
}
