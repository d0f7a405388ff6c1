package io.inmesh.server.ctl;

import io.inmesh.Mesh;
import io.inmesh.client.ControlClient;
import io.inmesh.client.ControlClientBuilder;
import io.inmesh.server.ControlServer;
import io.inmesh.server.ServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import picocli.CommandLine;

/** A whole server, processes that join it, and the command line for it: all over real sockets. */
final class MeshUnderTest implements AutoCloseable {

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Path folder;
    private final ControlServer server;
    private final List<Mesh> processes = new ArrayList<>();

    MeshUnderTest(Path folder) throws IOException {
        this.folder = folder;
        this.server = new ControlServer(ServerOptions.onLoopback(0, 0, folder.resolve("data")));
    }

    /**
     * What a command did.
     *
     * @param exitCode its exit status
     * @param out what it printed
     * @param err what it complained of
     */
    record Run(int exitCode, String out, String err) {}

    /** Runs a command to its end. */
    Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }

    /** Runs a command to its end, which prints as it goes. */
    int run(PrintWriter out, PrintWriter err, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(serverOption());
        return new CommandLine(new MeshCtl()).setOut(out).setErr(err).execute(all.toArray(String[]::new));
    }

    /** {@return what on a command line says that it is this server} */
    List<String> serverOption() {
        return List.of("--server", "http://127.0.0.1:" + server.httpPort());
    }

    /** {@return the port that processes connect to, over TLS} */
    int grpcPort() {
        return server.grpcPort();
    }

    /** Writes a file for {@code -f}. */
    String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    /** Applies YAML that has to be taken. */
    void apply(String yaml) throws IOException {
        Run run = run("apply", "-f", file("applied.yaml", yaml));
        if (run.exitCode() != ExitCode.OK) {
            throw new AssertionError(run.err());
        }
    }

    /** Starts a process that joins, and waits until it has all of its configuration. */
    Mesh join(String namespace, String service) {
        return join(namespace, service, builder -> builder);
    }

    /** Starts a process with settings of its own, and waits until it has all of its configuration. */
    Mesh join(String namespace, String service, UnaryOperator<ControlClientBuilder> settings) {
        Path token = folder.resolve(namespace + "-" + service + ".token");
        Run made = run("token", "create", "--sa", service, "-n", namespace, "--out", token.toString());
        if (made.exitCode() != ExitCode.OK) {
            throw new AssertionError(made.err());
        }
        Mesh mesh = Mesh.builder()
                .controlPlane(settings.apply(ControlClient.builder()
                                .server("127.0.0.1:" + server.grpcPort())
                                .namespace(namespace)
                                .service(service)
                                .tokenFile(token))
                        .build())
                .build();
        processes.add(mesh);
        await(() -> run("status", "-n", namespace)
                .out()
                .lines()
                .anyMatch(line -> line.startsWith(service + "-") && line.contains("SYNCED")));
        return mesh;
    }

    /** Waits for something that happens; the test's own limit ends waiting in vain. */
    static void await(BooleanSupplier happened) {
        while (!happened.getAsBoolean()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    @Override
    public void close() {
        processes.forEach(Mesh::close);
        server.close();
    }
}
