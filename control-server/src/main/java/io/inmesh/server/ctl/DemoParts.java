package io.inmesh.server.ctl;

import io.inmesh.server.ca.SecretFiles;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the demo is made of: this program as control server, and the bookshop beside it.
 *
 * @param server jar or folder with the control server
 * @param bookinfo folder of the bookshop, with {@code config} and {@code target}
 */
record DemoParts(Path server, Path bookinfo) {

    private static final String PACKAGE = "io.inmesh.samples.bookinfo.";

    /**
     * A process of the shop.
     *
     * @param name of the process
     * @param service that it is a copy of
     * @param version of the service
     * @param main its main class
     */
    record Part(String name, String service, String version, String main) {}

    /** The services, those that are asked before those that ask. */
    static final List<Part> SERVICES = List.of(
            new Part("ratings", "ratings", "v1", "RatingsServer"),
            new Part("details", "details", "v1", "Details"),
            new Part("reviews-v1", "reviews", "v1", "Reviews"),
            new Part("reviews-v2", "reviews", "v2", "Reviews"),
            new Part("reviews-v3", "reviews", "v3", "Reviews"),
            new Part("productpage", "productpage", "v1", "ProductPage"));

    /**
     * Finds them where this program is.
     *
     * @param bookinfo the bookshop's folder; null for where it is in the distribution
     * @throws Failure if something is not there; the message says how to get it
     */
    static DemoParts find(@Nullable Path bookinfo) throws Failure {
        Path server;
        try {
            server = Path.of(MeshCtl.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new Failure(ExitCode.USAGE, "this program is at no proper place: " + e.getMessage());
        }
        Path root = Optional.ofNullable(server.getParent())
                .map(Path::getParent)
                .map(Path::getParent)
                .orElse(server);
        DemoParts parts = new DemoParts(
                server, bookinfo == null ? root.resolve("samples").resolve("bookinfo") : bookinfo.toAbsolutePath());
        for (Path needed : List.of(parts.bookinfo.resolve("config"), parts.classes(), parts.libraries())) {
            if (!Files.isDirectory(needed)) {
                throw new Failure(
                        ExitCode.USAGE,
                        "the bookshop is not there, " + needed + " is missing: build it with \"mvn -q -DskipTests"
                                + " -pl samples/bookinfo,control-server -am package\" in the project's folder, or name"
                                + " its folder with --bookinfo");
            }
        }
        if (!Files.isRegularFile(server)) {
            throw new Failure(
                    ExitCode.USAGE,
                    "the demo needs the control server's jar, not " + server
                            + ": run control-server/bin/meshctl, or java -jar control-server.jar ctl");
        }
        return parts;
    }

    private Path classes() {
        return bookinfo.resolve("target").resolve("classes");
    }

    private Path libraries() {
        return bookinfo.resolve("target").resolve("lib");
    }

    /** Starts the control server. */
    ProcessHandle startServer(DemoState state) throws IOException {
        DemoPorts ports = state.ports();
        return start(
                state,
                "control-server",
                Map.of(),
                List.of(
                        "-Xmx96m",
                        "-XX:+UseSerialGC",
                        "-jar",
                        server.toString(),
                        "serve",
                        "--grpc-port",
                        Integer.toString(ports.grpc()),
                        "--http-port",
                        Integer.toString(ports.http()),
                        "--data-dir",
                        state.folder().resolve("data").toString()));
    }

    /**
     * Starts a process of the shop.
     *
     * @param token file with its join token
     * @param more variables of its environment
     */
    ProcessHandle start(DemoState state, Part part, Path token, Map<String, String> more) throws IOException {
        Map<String, String> environment = new java.util.HashMap<>(more);
        environment.put("INMESH_CONTROL", "localhost:" + state.ports().grpc());
        environment.put("INMESH_SERVICE", part.service());
        environment.put("INMESH_LABELS", "version=" + part.version());
        environment.put("INMESH_TOKEN_FILE", token.toString());
        environment.put(
                "INMESH_STATE_DIR",
                state.folder().resolve("state").resolve(part.name()).toString());
        environment.put("VERSION", part.version());
        environment.put("PORT", Integer.toString(state.ports().page()));
        return start(state, part.name(), environment, shop(part.main()));
    }

    /** Starts visitors of the shop, so many a second. */
    ProcessHandle startVisitors(DemoState state, int perSecond) throws IOException {
        List<String> arguments = new ArrayList<>(shop("Visitors"));
        arguments.add(state.ports().shop());
        arguments.add(Integer.toString(perSecond));
        return start(state, "visitors", Map.of(), arguments);
    }

    private List<String> shop(String main) {
        return List.of(
                "-Xmx48m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:MaxMetaspaceSize=96m",
                "-XX:ReservedCodeCacheSize=48m",
                "-cp",
                classes() + java.io.File.pathSeparator + libraries().resolve("*"),
                PACKAGE + main);
    }

    private static ProcessHandle start(
            DemoState state, String name, Map<String, String> environment, List<String> arguments) throws IOException {
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        List<String> command = new ArrayList<>();
        if (!windows) {
            // It goes on when the terminal is closed.
            command.add("nohup");
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        Path log = log(state, name);
        if (!Files.exists(log)) {
            SecretFiles.write(log, "");
        }
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(Redirect.appendTo(log.toFile()));
        // What the user has set for programs of his own is not for these.
        builder.environment().keySet().removeIf(variable -> variable.startsWith("INMESH_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        return process.toHandle();
    }

    /** {@return where a process writes to} */
    static Path log(DemoState state, String name) {
        return state.folder().resolve(name + ".log");
    }
}
