import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * Decodes and encodes messages with Apache Kafka's own classes. Each input line is a message's name, a version, "whole"
 * or "decode", and the encoded message in hex. The answer is what the classes encode again, the number of bytes they
 * left over, and the message as JSON; for "decode" it is a dash and the number. An exclamation mark and the reason mean
 * that they cannot decode it.
 */
public final class Codec {
    private static final String[] PACKAGES = {
        "org.apache.kafka.common.message.",
        "org.apache.kafka.common.metadata.",
        "org.apache.kafka.coordinator.group.generated.",
        "org.apache.kafka.coordinator.share.generated.",
        "org.apache.kafka.coordinator.transaction.generated.",
        "org.apache.kafka.raft.generated.",
        "org.apache.kafka.server.log.remote.metadata.storage.generated.",
        "org.apache.kafka.streams.internals.generated.",
    };

    private final Map<String, Class<?>> classes = new HashMap<>();

    public static void main(String[] args) throws Exception {
        Codec codec = new Codec();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            out.println(codec.answer(words[0], Short.parseShort(words[1]), words[2].equals("whole"), words[3]));
        }
        out.flush();
    }

    private String answer(String name, short version, boolean whole, String bytes) throws Exception {
        Class<?> type = find(name);
        Message message = (Message) type.getDeclaredConstructor().newInstance();
        ByteBuffer input = ByteBuffer.wrap(HexFormat.of().parseHex(bytes));
        try {
            message.read(new ByteBufferAccessor(input), version);
        } catch (RuntimeException | OutOfMemoryError refused) {
            return "!" + String.valueOf(refused).replace('\n', ' ');
        }

        if (!whole) {
            return "- " + input.remaining();
        }

        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer output = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(output), cache, version);
        String hex = HexFormat.of().withUpperCase().formatHex(output.array());
        return hex + " " + input.remaining() + " " + json(type, message, version);
    }

    private String json(Class<?> type, Message message, short version) throws Exception {
        Class<?> converter;
        try {
            converter = Class.forName(type.getName() + "JsonConverter");
        } catch (ClassNotFoundException none) {
            return "";
        }

        Method write = converter.getMethod("write", type, short.class, boolean.class);
        return write.invoke(null, message, version, false).toString();
    }

    private Class<?> find(String name) throws ClassNotFoundException {
        Class<?> known = classes.get(name);
        if (known != null) {
            return known;
        }

        for (String at : PACKAGES) {
            for (String suffix : new String[] {"Data", ""}) {
                try {
                    Class<?> found = Class.forName(at + name + suffix);
                    if (Message.class.isAssignableFrom(found)) {
                        classes.put(name, found);
                        return found;
                    }
                } catch (ClassNotFoundException | NoClassDefFoundError elsewhere) {
                    // Not in this package; the next may have it.
                }
            }
        }

        throw new ClassNotFoundException(name);
    }
}
