import java.io.File;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/** Writes or reads one partition's directory with Apache Kafka's own log, as the independent judge of ours. */
public final class KafkaLog {
    private static final long NOW = 1_700_000_000_000L;

    /** Groups of five: mode, directory, clean or unclean, recovery point, topic id. */
    public static void main(String[] args) throws Exception {
        KafkaScheduler scheduler = new KafkaScheduler(1);
        scheduler.startup();
        for (int at = 0; at < args.length; at += 5) {
            run(args[at], new File(args[at + 1]), args[at + 2].equals("clean"), Long.parseLong(args[at + 3]),
                Uuid.fromString(args[at + 4]), scheduler);
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void run(String mode, File dir, boolean clean, long recoveryPoint, Uuid topicId,
                            KafkaScheduler scheduler) throws Exception {
        LogConfig config = new LogConfig(Map.of(
            "internal.segment.bytes", "20000",
            "index.interval.bytes", "512",
            "retention.ms", "-1"));
        dir.mkdirs();
        UnifiedLog log = UnifiedLog.create(dir, config, 0L, recoveryPoint, scheduler, new BrokerTopicStats(),
            frozenTime(), 60_000, new ProducerStateManagerConfig(Integer.MAX_VALUE, false), 60_000,
            new LogDirFailureChannel(1), clean, Optional.of(topicId));
        if (mode.equals("write")) {
            write(log);
        }
        if (mode.equals("transact")) {
            transact(log);
        }
        System.out.println("log " + dir);
        print(log);
        if (mode.equals("transact")) {
            printAborted(log);
        }
        // Otherwise it is left as a stopped process leaves it.
        if (clean) {
            log.close();
        }
    }

    // The records are of a fixed day; a clock of that day keeps their producers from being expired.
    private static Time frozenTime() {
        return (Time) Proxy.newProxyInstance(KafkaLog.class.getClassLoader(), new Class<?>[] {Time.class},
            (proxy, method, arguments) -> method.getName().equals("milliseconds")
                ? NOW + 60_000
                : method.invoke(Time.SYSTEM, arguments));
    }

    private static void write(UnifiedLog log) throws Exception {
        int[] sequences = new int[4];
        for (int i = 0; i < 400; i++) {
            int count = 1 + i % 4;
            SimpleRecord[] records = new SimpleRecord[count];
            for (int r = 0; r < count; r++) {
                byte[] value = ("value " + i + " " + r + " " + "x".repeat((i * 37) % 200)).getBytes(StandardCharsets.UTF_8);
                records[r] = new SimpleRecord(NOW + i * 10 - (i % 7) * 25 + r, ("key" + i).getBytes(StandardCharsets.UTF_8), value);
            }
            int producer = i % 4;
            MemoryRecords batch = producer == 0
                ? MemoryRecords.withRecords(Compression.NONE, records)
                : MemoryRecords.withIdempotentRecords(Compression.NONE, producer, (short) 0, sequences[producer], records);
            sequences[producer] += count;
            log.appendAsLeader(batch, i / 100);
        }
    }

    // Producers 1 to 4 commit and abort by turns, between each other; 9 is in one transaction over several segments, and
    // 4 stays in its last one.
    private static void transact(UnifiedLog log) throws Exception {
        int[] sequences = new int[10];
        int[] batches = new int[10];
        for (int i = 0; i < 600; i++) {
            int producer = i % 100 == 50 && i < 400 ? 9 : i % 5;
            if (producer == 0) {
                log.appendAsLeader(MemoryRecords.withRecords(Compression.NONE, record(i)), i / 200);
                continue;
            }
            log.appendAsLeader(MemoryRecords.withTransactionalRecords(Compression.NONE, producer, (short) 0,
                sequences[producer]++, record(i)), i / 200);
            if (producer != 9 && ++batches[producer] % (3 + producer) == 0) {
                end(log, producer, batches[producer] % 2 == 0, i / 200);
            }
            if (i == 421) {
                end(log, 9, true, i / 200);
            }
        }
        // Without records before it.
        end(log, 7, true, 2);
        log.updateHighWatermark(log.logEndOffset());
    }

    private static SimpleRecord record(int i) {
        return new SimpleRecord(NOW + i, ("value " + i + "x".repeat(i * 37 % 200)).getBytes(StandardCharsets.UTF_8));
    }

    private static void end(UnifiedLog log, int producer, boolean abort, int epoch) throws Exception {
        EndTransactionMarker marker =
            new EndTransactionMarker(abort ? ControlRecordType.ABORT : ControlRecordType.COMMIT, 5);
        log.appendAsLeader(MemoryRecords.withEndTransactionMarker(NOW, producer, (short) 0, marker), epoch,
            AppendOrigin.COORDINATOR, RequestLocal.noCaching(), VerificationGuard.SENTINEL, (short) 0);
    }

    // What a read-committed consumer is told with all that is left of a segment.
    private static void printAborted(UnifiedLog log) throws Exception {
        StringBuilder out = new StringBuilder("stable " + log.lastStableOffset() + '\n');
        for (long from = 0; from < log.lastStableOffset(); from += 7) {
            out.append("from ").append(from);
            log.read(from, Integer.MAX_VALUE, FetchIsolation.TXN_COMMITTED, true).abortedTransactions.orElseThrow()
                .forEach(t -> out.append(' ').append(t.producerId()).append('@').append(t.firstOffset()));
            out.append('\n');
        }
        System.out.print(out);
    }

    private static void print(UnifiedLog log) throws Exception {
        StringBuilder out = new StringBuilder();
        out.append("start ").append(log.logStartOffset()).append('\n');
        out.append("end ").append(log.logEndOffset()).append('\n');
        log.leaderEpochCache().epochEntries()
            .forEach(e -> out.append("epoch ").append(e.epoch()).append(' ').append(e.startOffset()).append('\n'));
        new TreeMap<>(log.activeProducersWithLastSequence())
            .forEach((id, sequence) -> out.append("producer ").append(id).append(' ').append(sequence).append('\n'));
        for (LogSegment segment : log.logSegments()) {
            segment.sanityCheck(false);
            segment.offsetIndex().sanityCheck();
            segment.timeIndex().sanityCheck();
            out.append("segment ").append(segment.baseOffset()).append(' ').append(segment.size()).append(' ')
                .append(segment.offsetIndex().entries()).append('\n');
        }
        for (long time : new long[] {NOW, NOW + 1000, NOW + 2005, NOW + 3990, NOW + 10_000, -1, -2, -3}) {
            var found = log.fetchOffsetByTimestamp(time, Optional.empty()).timestampAndOffsetOpt();
            out.append("time ").append(time).append(' ')
                .append(found.map(f -> f.offset + " " + f.timestamp).orElse("-1 -1")).append('\n');
        }
        System.out.print(out);
    }
}
