package io.inmesh.bench.macro;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A control server and two backends, each a process: one service in plaintext, one under strict mTLS. */
final class Deployment implements AutoCloseable {

    /** The service in plaintext. */
    static final String PLAIN = "plain";

    /** The service under mTLS. */
    static final String SECURE = "secure";

    static final String TRUST_DOMAIN = "inmesh.local";

    private static final String CLIENT = "caller";

    private final Path folder;
    private final Path jar;
    private final int controlPort;
    private final int httpPort;
    private final int xdsPort;
    private final List<Child> children = new ArrayList<>();
    private final Map<String, Backing> backends = new HashMap<>();

    /** A running backend and its local ports. */
    record Backing(Child process, int httpPort, int grpcPort) {
        int port(Arm arm) {
            return arm.grpc() ? grpcPort : httpPort;
        }
    }

    private Deployment(Path folder, Path jar) throws IOException {
        this.folder = folder;
        this.jar = jar;
        this.controlPort = freePort();
        this.httpPort = freePort();
        this.xdsPort = freePort();
    }

    /**
     * {@return a deployment whose backends serve}
     *
     * @param folder for state, tokens and logs; read by nobody else, since there are keys in it
     * @param jar the control server
     */
    static Deployment start(Path folder, Path jar) throws IOException, InterruptedException {
        Deployment deployment = new Deployment(folder, jar);
        try {
            deployment.startControlServer();
            deployment.configure();
            for (String service : List.of(PLAIN, SECURE)) {
                deployment.startBackend(service);
            }
            return deployment;
        } catch (IOException | InterruptedException | RuntimeException e) {
            deployment.close();
            throw e;
        }
    }

    Backing backend(String service) {
        Backing backend = backends.get(service);
        if (backend == null) {
            throw new IllegalArgumentException("no backend of " + service);
        }
        return backend;
    }

    /** {@return a client of an arm that is ready} */
    Child client(Arm arm, String service) throws IOException {
        Child client = Child.ofThisProgram(
                arm.name(),
                folder.resolve(arm + ".log"),
                environment(CLIENT),
                Client.class,
                arm.name(),
                service,
                Integer.toString(backend(service).port(arm)));
        client.answer();
        return client;
    }

    private void startControlServer() throws IOException, InterruptedException {
        List<String> arguments =
                new ArrayList<>(List.of("-Xmx128m", "-XX:+UseSerialGC", "-jar", jar.toString(), "serve"));
        arguments.addAll(List.of("--grpc-port", Integer.toString(controlPort)));
        arguments.addAll(List.of("--http-port", Integer.toString(httpPort)));
        arguments.addAll(List.of("--xds-plaintext-port", Integer.toString(xdsPort)));
        arguments.addAll(List.of("--trust-domain", TRUST_DOMAIN));
        arguments.addAll(List.of("--data-dir", folder.resolve("data").toString()));
        Child server = Child.start("control server", folder.resolve("control-server.log"), Map.of(), arguments);
        children.add(server);
        Readiness.await("http://127.0.0.1:" + httpPort + "/readyz", server);
    }

    private void configure() throws IOException, InterruptedException {
        Path config = folder.resolve("config.yaml");
        try (var resource = Deployment.class.getResourceAsStream("services.yaml")) {
            if (resource == null) {
                throw new IllegalStateException("services.yaml is not on the class path");
            }
            Files.copy(resource, config);
        }
        meshctl("apply", "-f", config.toString());
        for (String account : List.of(PLAIN, SECURE, CLIENT)) {
            meshctl("token", "create", "--service-account", account, "--out", token(account));
        }
        meshctl(
                "bootstrap",
                "--service-account",
                CLIENT,
                "--xds",
                "127.0.0.1:" + xdsPort,
                "--out",
                folder.resolve("xds").toString());
    }

    private void startBackend(String service) throws IOException {
        Child backend =
                Child.ofThisProgram(service, folder.resolve(service + ".log"), environment(service), Backend.class);
        children.add(backend);
        String[] ports = backend.answer().split(" ");
        backends.put(service, new Backing(backend, Integer.parseInt(ports[0]), Integer.parseInt(ports[1])));
    }

    private Map<String, String> environment(String service) {
        return Map.of(
                "INMESH_CONTROL",
                "localhost:" + controlPort,
                "INMESH_SERVICE",
                service,
                "INMESH_ADDRESS",
                "127.0.0.1",
                "INMESH_TOKEN_FILE",
                token(service),
                "GRPC_XDS_BOOTSTRAP",
                folder.resolve("xds").resolve("bootstrap.json").toString());
    }

    private String token(String account) {
        return folder.resolve(account + ".token").toString();
    }

    private void meshctl(String... arguments) throws IOException, InterruptedException {
        List<String> all =
                new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", jar.toString()));
        all.add("io.inmesh.server.ctl.MeshCtl");
        all.addAll(List.of(arguments));
        Map<String, String> environment = Map.of("INMESH_SERVER", "http://127.0.0.1:" + httpPort);
        try (Child command = Child.start("meshctl", folder.resolve("meshctl.log"), environment, all)) {
            command.await();
        }
    }

    /** Free now; what takes it in between makes the start fail, and the run with it. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        for (int i = children.size() - 1; i >= 0; i--) {
            children.get(i).close();
        }
    }
}
