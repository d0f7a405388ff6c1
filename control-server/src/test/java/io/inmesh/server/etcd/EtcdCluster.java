package io.inmesh.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Real members of an etcd, as processes of their own on loopback. Where the program is not installed, tests that ask for it are skipped. */
final class EtcdCluster implements AutoCloseable {

    /** Long enough for a machine that does much else. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final int STARTS = 5;

    private final Path folder;
    private final List<String> options;
    private final String scheme;
    private List<Integer> ports = List.of();
    private List<Process> members = List.of();

    private EtcdCluster(Path folder, String scheme, List<String> options) {
        this.folder = folder;
        this.scheme = scheme;
        this.options = options;
    }

    /**
     * {@return a cluster that runs}
     *
     * @param folder where to keep data and logs
     * @param count how many members
     * @param scheme of client URLs
     * @param options further ones for each member
     */
    static EtcdCluster start(Path folder, int count, String scheme, String... options)
            throws IOException, InterruptedException {
        assumeTrue(
                "required".equals(System.getProperty("inmesh.etcd")),
                "not asked for; .ci/interop/etcd installs etcd and runs these tests with -Dinmesh.etcd=required");
        assertThat(program()).as("etcd has to be there for this run").isPresent();
        EtcdCluster cluster = new EtcdCluster(folder, scheme, List.of(options));
        for (int attempt = 0; attempt < STARTS; attempt++) {
            cluster.startAll(count);
            if (cluster.settled()) {
                return cluster;
            }
            // Somebody else has taken a port between our finding it free and the member's using it.
            cluster.close();
        }
        throw new IOException("etcd does not start; see " + folder);
    }

    private static Optional<Path> program() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(path -> Path.of(path, "etcd"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private void startAll(int count) throws IOException {
        ports = freePorts(count * 2);
        members = new ArrayList<>();
        String data = UUID.randomUUID().toString();
        for (int i = 0; i < count; i++) {
            members.add(start(i, data));
        }
    }

    private Process start(int index, String data) throws IOException {
        Path home = Files.createDirectories(folder.resolve(data));
        String peer = "http://127.0.0.1:" + ports.get(index * 2 + 1);
        List<String> command = new ArrayList<>(List.of(
                program().orElseThrow().toString(),
                "--name=m" + index,
                "--data-dir=" + home.resolve("m" + index),
                "--logger=zap",
                "--initial-cluster-token=" + data,
                "--initial-cluster="
                        + IntStream.range(0, ports.size() / 2)
                                .mapToObj(i -> "m" + i + "=http://127.0.0.1:" + ports.get(i * 2 + 1))
                                .collect(Collectors.joining(",")),
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--listen-client-urls=" + endpoint(index),
                "--advertise-client-urls=" + endpoint(index)));
        command.addAll(options);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        home.resolve("m" + index + ".log").toFile()))
                .start();
    }

    /** {@return whether all members accept connections; false if one has ended} */
    private boolean settled() throws InterruptedException {
        for (int i = 0; i < members.size(); i++) {
            while (!accepts(ports.get(i * 2))) {
                if (!members.get(i).isAlive()) {
                    return false;
                }
                Thread.onSpinWait();
            }
        }
        return members.stream().allMatch(Process::isAlive);
    }

    private static boolean accepts(int port) {
        try {
            new java.net.Socket(InetAddress.getLoopbackAddress(), port).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    /** {@return the client URL of a member} */
    URI endpoint(int index) {
        return URI.create(scheme + "://127.0.0.1:" + ports.get(index * 2));
    }

    /** {@return the client URLs of all} */
    List<URI> endpoints() {
        return IntStream.range(0, ports.size() / 2).mapToObj(this::endpoint).toList();
    }

    /** {@return how to reach it, as a mesh that nobody else has anything to do with} */
    EtcdSettings settings(Duration timeout) {
        return EtcdSettings.plain(endpoints(), "/mesh-" + UUID.randomUUID(), timeout);
    }

    /** Ends a member as a power cut would. */
    void kill(int index) throws InterruptedException {
        members.get(index).destroyForcibly().waitFor();
    }

    /** Starts the only member again, which has been killed, as one that knows nothing. */
    void restartEmpty() throws IOException, InterruptedException {
        start(0, folder.resolve(UUID.randomUUID().toString()));
    }

    /** Starts a member again that has been killed. */
    void restart(int index) throws IOException, InterruptedException {
        Path data;
        try (var folders = Files.list(folder)) {
            data = folders.filter(home -> Files.isDirectory(home.resolve("m" + index)))
                    .max(java.util.Comparator.comparing(home -> home.toFile().lastModified()))
                    .orElseThrow();
        }
        start(index, data);
    }

    private void start(int index, Path data) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < STARTS; attempt++) {
            members.set(index, start(index, data.getFileName().toString()));
            if (settled()) {
                return;
            }
        }
        throw new IOException("etcd does not start again, maybe because somebody else has taken its port; see " + data);
    }

    /** Stops a member's time, or lets it go on. */
    void signal(int index, String signal) throws IOException, InterruptedException {
        int code = new ProcessBuilder(
                        "kill", "-" + signal, Long.toString(members.get(index).pid()))
                .start()
                .waitFor();
        assertThat(code).isZero();
    }

    @Override
    public void close() throws InterruptedException {
        for (Process member : members) {
            member.destroyForcibly();
        }
        for (Process member : members) {
            member.waitFor();
        }
    }
}
