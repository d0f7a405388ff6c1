package io.inmesh.server.ctl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.Replicas;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StatusOfReplicasTest {

    @TempDir
    private Path folder;

    @Test
    void sayWhichServersThereAreAndWhichLeadsAndWhatIsWrongBetweenThem() throws Exception {
        try (Replicas replicas = Replicas.start(folder, 2)) {
            String told = status(replicas, 1);
            while (servers(told).size() < 2 || !told.contains(", leads")) {
                told = status(replicas, 1);
            }
            assertThat(servers(told))
                    .anySatisfy(line -> assertThat(line)
                            .contains("127.0.0.1:" + replicas.get(0).grpcPort(), "0 processes", ", leads")
                            .doesNotContain("has answered"))
                    .anySatisfy(line -> assertThat(line)
                            .contains("127.0.0.1:" + replicas.get(1).grpcPort(), ", has answered this")
                            .doesNotContain("leads"));
            assertThat(told).doesNotContain("different roots");

            replicas.engine()
                    .put("replicas", "third", "{\"id\": \"third\", \"name\": \"c\", \"root\": \"ff\"}".getBytes(UTF_8));

            while (!told.contains("they sign below different roots")) {
                told = status(replicas, 0);
            }
        }
    }

    @Test
    void oneServerSaysNothingOfItself() throws Exception {
        try (Replicas replicas = Replicas.start(folder, 1)) {
            assertThat(status(replicas, 0)).doesNotContain("control server");
        }
    }

    private static List<String> servers(String told) {
        return told.lines().filter(line -> line.startsWith("control server ")).toList();
    }

    private static String status(Replicas replicas, int which) {
        StringWriter out = new StringWriter();
        int exitCode = new CommandLine(new MeshCtl())
                .setOut(new PrintWriter(out, true))
                .execute(
                        "status",
                        "--server",
                        "http://127.0.0.1:" + replicas.get(which).httpPort());
        assertThat(exitCode).isEqualTo(ExitCode.OK);
        return out.toString();
    }
}
