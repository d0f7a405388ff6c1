package io.inmesh.bench.replicas;

import io.inmesh.bench.process.Child;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The six processes of {@code samples/bookinfo}, each of which knows all control servers. */
final class Shop implements AutoCloseable {

    private static final int FIRST_METRICS_PORT = 9464;

    private static final List<Part> PARTS = List.of(
            new Part("productpage", "v1", "ProductPage"),
            new Part("details", "v1", "Details"),
            new Part("reviews", "v1", "Reviews"),
            new Part("reviews", "v2", "Reviews"),
            new Part("reviews", "v3", "Reviews"),
            new Part("ratings", "v1", "RatingsServer"));

    private final List<Child> processes = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();

    private record Part(String service, String version, String main) {}

    /**
     * Starts the processes.
     *
     * @param sample the sample's folder, built
     * @param folder with a join token named after each service in {@code tokens}; takes state and logs
     * @param servers all control servers
     */
    Shop(Path sample, Path folder, List<String> servers) throws IOException {
        String classPath = sample.resolve("target/classes") + ":" + sample.resolve("target/lib") + "/*";
        for (Part part : PARTS) {
            String name = part.service + "-" + part.version;
            Map<String, String> environment = new HashMap<>();
            environment.put("INMESH_CONTROL", String.join(",", servers));
            environment.put("INMESH_SERVICE", part.service);
            environment.put("INMESH_LABELS", "version=" + part.version);
            // Not loopback: control servers on other machines refuse to send callers there.
            environment.put("LISTEN_ADDRESS", Wire.MESH.ownAddress());
            environment.put(
                    "INMESH_TOKEN_FILE",
                    folder.resolve("tokens").resolve(part.service).toString());
            environment.put("INMESH_STATE_DIR", folder.resolve("state-" + name).toString());
            environment.put("VERSION", part.version);
            environment.put("METRICS_PORT", Integer.toString(FIRST_METRICS_PORT + processes.size()));
            processes.add(Child.start(
                    name,
                    folder.resolve(name + ".log"),
                    environment,
                    List.of(
                            "-Xmx96m",
                            "-XX:+UseSerialGC",
                            "-cp",
                            classPath,
                            "io.inmesh.samples.bookinfo." + part.main)));
        }
    }

    /** {@return the names of its services} */
    static List<String> services() {
        return PARTS.stream().map(Part::service).distinct().toList();
    }

    /** {@return its page} */
    static URI page() {
        return URI.create("http://127.0.0.1:9080/productpage");
    }

    /** {@return the calls between its services up to now} */
    Hops hops() throws IOException, InterruptedException {
        List<URI> metrics = new ArrayList<>();
        for (int i = 0; i < processes.size(); i++) {
            metrics.add(URI.create("http://127.0.0.1:" + (FIRST_METRICS_PORT + i) + "/metrics"));
        }
        return Hops.now(http, metrics);
    }

    /** Fails with the last words of a process that has ended. */
    void mustBeAlive() throws IOException {
        for (Child process : processes) {
            process.mustBeAlive();
        }
    }

    @Override
    public void close() {
        processes.parallelStream().forEach(Child::close);
    }
}
