import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.KRaftVersionRecord;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.SnapshotFooterRecord;
import org.apache.kafka.common.message.SnapshotHeaderRecord;
import org.apache.kafka.common.message.VotersRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * The other side of the interoperability tests. "write DIR" lets Apache Kafka's library write batches of every kind,
 * each beside what it holds, in the words of describe; "read DIR" describes the batches that it finds there.
 */
public class RecordsJudge {
    private static final long TIME = 1_600_000_000_000L;

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[1]);
        if (args[0].equals("write")) {
            writeData(directory);
            writeControl(directory);
        } else {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".batches")).toList()) {
                    describe(file);
                }
            }
        }
    }

    private static void writeData(Path directory) throws Exception {
        for (byte magic = 0; magic <= 2; magic++) {
            for (CompressionType codec : CompressionType.values()) {
                if (magic < 2 && codec == CompressionType.ZSTD) {
                    continue;
                }
                for (boolean stamped : new boolean[] {false, true}) {
                    if (stamped && magic == 0) {
                        continue;
                    }
                    String name = "v" + magic + "-" + codec.name + (stamped ? "-stamped" : "");
                    write(directory, name, data(magic, codec, stamped));
                }
            }
        }
    }

    private static ByteBuffer data(byte magic, CompressionType codec, boolean stamped) {
        ByteBuffer buffer = ByteBuffer.allocate(4 << 20);
        for (long base : new long[] {0, 5_000_000_000L}) {
            MemoryRecordsBuilder builder = MemoryRecords.builder(
                buffer,
                magic,
                Compression.of(codec).build(),
                timestampType(magic, stamped),
                base,
                stamped ? TIME + 77 : RecordBatch.NO_TIMESTAMP,
                magic < 2 ? -1 : 1L << 40,
                (short) (magic < 2 ? -1 : 12),
                magic < 2 ? -1 : Integer.MAX_VALUE - 1,
                magic == 2,
                magic < 2 ? -1 : 31);
            for (SimpleRecord record : records(magic)) {
                builder.append(record);
            }
            builder.build();
        }
        return buffer.flip();
    }

    private static TimestampType timestampType(byte magic, boolean stamped) {
        if (magic == 0) {
            return TimestampType.NO_TIMESTAMP_TYPE;
        }
        return stamped ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
    }

    private static List<SimpleRecord> records(byte magic) {
        long time = magic == 0 ? RecordBatch.NO_TIMESTAMP : TIME;
        long step = magic == 0 ? 0 : 1;
        List<SimpleRecord> records = new ArrayList<>();
        Header[] none = new Header[0];
        Header[] headers = magic < 2 ? none : new Header[] {
            new RecordHeader("h", "x".getBytes(StandardCharsets.UTF_8)),
            new RecordHeader("", null),
            new RecordHeader("h\u00e9", new byte[0])};
        records.add(new SimpleRecord(time, bytes("key"), bytes("value"), none));
        records.add(new SimpleRecord(time - 9 * step, (byte[]) null, new byte[0], headers));
        records.add(new SimpleRecord(time + 3 * step, new byte[0], null, none));
        byte[] large = new byte[100_000];
        for (int i = 0; i < large.length; i++) {
            large[i] = (byte) (i * 31 + i / 7);
        }
        records.add(new SimpleRecord(time, bytes("large"), large, headers));
        for (int i = 0; i < 300; i++) {
            byte[] value = bytes("some text that repeats " + i % 7);
            records.add(new SimpleRecord(time + i * step, bytes("k" + i), value, none));
        }
        return records;
    }

    private static void writeControl(Path directory) throws Exception {
        ByteBuffer all = ByteBuffer.allocate(64 << 10);
        all.put(MemoryRecords.withEndTransactionMarker(
            3, TIME, 4, 11, (short) 2, new EndTransactionMarker(ControlRecordType.ABORT, 55)).buffer());
        all.put(MemoryRecords.withEndTransactionMarker(
            4, TIME, 4, 11, (short) 2, new EndTransactionMarker(ControlRecordType.COMMIT, 56)).buffer());
        all.put(MemoryRecords.withLeaderChangeMessage(
            5, TIME, 4, ByteBuffer.allocate(512), new LeaderChangeMessage().setLeaderId(1)).buffer());
        all.put(MemoryRecords.withSnapshotHeaderRecord(
            6, TIME, 4, ByteBuffer.allocate(512), new SnapshotHeaderRecord()).buffer());
        all.put(MemoryRecords.withSnapshotFooterRecord(
            7, TIME, 4, ByteBuffer.allocate(512), new SnapshotFooterRecord()).buffer());
        all.put(MemoryRecords.withKRaftVersionRecord(
            8, TIME, 4, ByteBuffer.allocate(512), new KRaftVersionRecord().setKRaftVersion((short) 1)).buffer());
        all.put(MemoryRecords.withVotersRecord(
            9, TIME, 4, ByteBuffer.allocate(512), new VotersRecord()).buffer());
        write(directory, "control", all.flip());
    }

    private static void write(Path directory, String name, ByteBuffer buffer) throws Exception {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        Path file = directory.resolve(name + ".batches");
        Files.write(file, bytes);
        describe(file);
    }

    private static void describe(Path file) throws Exception {
        List<String> lines = new ArrayList<>();
        for (RecordBatch batch : MemoryRecords.readableRecords(ByteBuffer.wrap(Files.readAllBytes(file))).batches()) {
            batch.ensureValid();
            lines.add(header(batch));
            for (Record record : batch) {
                lines.add(describe(record) + (batch.isControlBatch() ? " " + control(record) : ""));
            }
        }
        Files.write(Path.of(file.toString().replace(".batches", ".lines")), lines);
    }

    private static String header(RecordBatch batch) {
        return "batch magic=" + batch.magic() + " last=" + batch.lastOffset() + " size=" + batch.sizeInBytes()
            + " epoch=" + batch.partitionLeaderEpoch() + " producer=" + batch.producerId() + "/" + batch.producerEpoch()
            + " sequence=" + batch.baseSequence() + ".." + batch.lastSequence()
            + " count=" + (batch.countOrNull() == null ? -1 : batch.countOrNull()) + " max=" + batch.maxTimestamp()
            + " stamped=" + (batch.timestampType() == TimestampType.LOG_APPEND_TIME)
            + " codec=" + batch.compressionType().id + " transactional=" + batch.isTransactional()
            + " control=" + batch.isControlBatch()
            + " horizon=" + (batch.deleteHorizonMs().isPresent() ? batch.deleteHorizonMs().getAsLong() : -1);
    }

    private static String describe(Record record) {
        String headers = Stream.of(record.headers())
            .map(h -> HexFormat.of().withUpperCase().formatHex(bytes(h.key())) + "=" + hex(h.value()))
            .collect(Collectors.joining(","));
        return record.offset() + " " + record.timestamp() + " " + hex(array(record.key())) + " "
            + hex(array(record.value())) + " [" + headers + "]";
    }

    private static String control(Record record) {
        ControlRecordType type = ControlRecordType.parse(record.key());
        boolean ends = type == ControlRecordType.ABORT || type == ControlRecordType.COMMIT;
        return type.type() + (ends ? " " + EndTransactionMarker.deserialize(record).coordinatorEpoch() : "");
    }

    private static byte[] array(ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hex(byte[] bytes) {
        return bytes == null ? "null" : HexFormat.of().withUpperCase().formatHex(bytes);
    }
}
