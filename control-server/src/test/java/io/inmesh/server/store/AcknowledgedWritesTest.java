package io.inmesh.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.Resource;
import io.inmesh.server.store.ConfigStore.Change;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed without warning has lost nothing it has acknowledged. */
class AcknowledgedWritesTest {

    private static final int KILL_AFTER = 60;

    @TempDir
    private Path folder;

    @RepeatedTest(3)
    void surviveTheProcessBeingKilled() throws Exception {
        Path data = folder.resolve("data");
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> acknowledged = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                acknowledged.add(line);
                if (acknowledged.size() == KILL_AFTER) {
                    // By handle: the process object would close the pipe, and what is still in it counts.
                    server.toHandle().destroyForcibly();
                }
            }
        } finally {
            server.destroyForcibly().waitFor();
        }

        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(KILL_AFTER);
        // What was printed last may have been cut off in the middle.
        List<String> whole = acknowledged.subList(0, acknowledged.size() - 1);
        try (Engine engine = EmbeddedEngine.open(data)) {
            ConfigStore store = new ConfigStore(engine);
            assertThat(store.view().revision()).isGreaterThanOrEqualTo(whole.size());
            for (String line : whole) {
                String[] words = line.split(" ");
                Resource resource = ConfigStoreTest.find(store.view(), words[0]).orElseThrow();
                assertThat(resource.resourceVersion()).isEqualTo(Long.parseLong(words[1]));
            }
            store.commit(List.of(new Change.Put(rule("after"), 0L)));
        }
    }

    private static Resource rule(String name) {
        return Config.resource("{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: " + name
                + "}, spec: {host: reviews}}");
    }

    /** Writes until it is killed; says so after each write. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws Exception {
            try (Engine engine = EmbeddedEngine.open(Path.of(arguments[0]))) {
                ConfigStore store = new ConfigStore(engine);
                for (int i = 0; i < 100_000; i++) {
                    ConfigView view = store.commit(List.of(new Change.Put(rule("r" + i), 0L)));
                    System.out.println("r" + i + " " + view.revision());
                    if (System.out.checkError()) {
                        throw new IOException("nobody listens any more");
                    }
                }
            }
        }
    }
}
