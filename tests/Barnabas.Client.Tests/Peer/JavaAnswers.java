import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.*;
import org.apache.kafka.clients.consumer.internals.AbstractPartitionAssignor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/** Answers questions with Kafka's own classes: one question per line, one answer per line. */
public class JavaAnswers {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in, StandardCharsets.UTF_8);
        while (in.hasNextLine()) {
            String[] words = in.nextLine().split(" ", 2);
            System.out.println(words[0].equals("murmur2")
                ? murmur2(words.length > 1 ? words[1] : "")
                : assign(words[0], words[1]));
        }
    }

    private static String murmur2(String hex) {
        return Integer.toString(Utils.murmur2(HexFormat.of().parseHex(hex)));
    }

    // topics "a:3,b:2", then "|", then members "m1=a,b;m2=a"
    private static String assign(String name, String text) {
        String[] halves = text.split("\\|");
        Map<String, Integer> counts = new HashMap<>();
        for (String topic : halves[0].split(",")) {
            String[] parts = topic.split(":");
            counts.put(parts[0], Integer.parseInt(parts[1]));
        }
        Map<String, Subscription> members = new HashMap<>();
        for (String member : halves[1].split(";")) {
            String[] parts = member.split("=");
            members.put(parts[0], new Subscription(Arrays.asList(parts[1].split(","))));
        }
        AbstractPartitionAssignor assignor = switch (name) {
            case "range" -> new RangeAssignor();
            case "roundrobin" -> new RoundRobinAssignor();
            case "sticky" -> new StickyAssignor();
            default -> new CooperativeStickyAssignor();
        };
        TreeMap<String, List<String>> sorted = new TreeMap<>();
        assignor.assign(counts, members).forEach((member, partitions) -> {
            List<String> names = new ArrayList<>();
            for (TopicPartition partition : partitions) names.add(partition.toString());
            Collections.sort(names);
            sorted.put(member, names);
        });
        StringBuilder answer = new StringBuilder();
        sorted.forEach((member, names) -> answer.append(member).append('=').append(String.join(",", names)).append(';'));
        return answer.toString();
    }
}
