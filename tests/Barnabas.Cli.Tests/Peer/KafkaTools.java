import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs Kafka's command line tools one after the other in one process. A line in: the main class, the input, and the
 * arguments, each in Base64. A line out: the exit code, what the tool wrote to its output, and to its error output.
 */
public class KafkaTools {
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());
    private static final List<Runnable> hooks = new ArrayList<>();
    private static Integer code;

    public static void main(String[] args) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream answers = System.out;
        Exit.setExitProcedure((status, message) -> {
            // A tool that catches what is thrown here and goes on is no longer listened to.
            if (code == null) code = status;
            System.setOut(NOWHERE);
            System.setErr(NOWHERE);
            throw new Exited();
        });
        Exit.setShutdownHookAdder((name, hook) -> hooks.add(hook));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = Arrays.stream(line.split(" ", -1)).map(KafkaTools::decode).toArray(String[]::new);
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            ByteArrayOutputStream error = new ByteArrayOutputStream();
            System.setIn(new ByteArrayInputStream(words[1].getBytes(StandardCharsets.UTF_8)));
            System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
            run(words[0], Arrays.copyOfRange(words, 2, words.length));
            System.out.flush();
            answers.println(code + " " + encode(output.toByteArray()) + " " + encode(error.toByteArray()));
            answers.flush();
        }
    }

    private static void run(String tool, String[] arguments) throws Exception {
        code = null;
        hooks.clear();
        try {
            Class.forName(tool).getMethod("main", String[].class).invoke(null, (Object) arguments);
            code = 0;
        } catch (java.lang.reflect.InvocationTargetException failure) {
            if (!(failure.getCause() instanceof Exited)) {
                failure.getCause().printStackTrace();
                code = 1;
            }
        }
        for (Runnable hook : hooks) hook.run();
    }

    private static String decode(String word) {
        return new String(Base64.getDecoder().decode(word), StandardCharsets.UTF_8);
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static class Exited extends Error { }
}
