package io.inmesh.bench.macro;

import io.inmesh.bench.process.Child;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A control server and a backend for each service that is called; every one a process. */
final class Deployment implements AutoCloseable {

    /** The service in plaintext. */
    static final String PLAIN = "plain";

    /** The service under strict mTLS. */
    static final String SECURE = "secure";

    static final String TRUST_DOMAIN = "inmesh.local";

    private static final String CLIENT = "caller";

    private final Path folder;
    private final ControlServer control;
    private final Map<String, Backing> backends = new HashMap<>();

    /** A running backend and its local ports. */
    record Backing(Child process, int httpPort, int grpcPort) {
        int port(Arm arm) {
            return arm.grpc() ? grpcPort : httpPort;
        }
    }

    private Deployment(Path folder, ControlServer control) {
        this.folder = folder;
        this.control = control;
    }

    /**
     * {@return a deployment whose backends serve}
     *
     * @param folder for state, tokens and logs; read by nobody else, since there are keys in it
     * @param jar the control server
     * @param families who is to be called, and by whom
     */
    static Deployment start(Path folder, Path jar, List<Family> families) throws IOException, InterruptedException {
        Deployment deployment = new Deployment(folder, ControlServer.start(folder, jar));
        try {
            deployment.begin(families);
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

    /** {@return a client of an arm; its first answer says that it is ready} */
    Child client(Arm arm, String service) throws IOException {
        Map<String, String> environment = environment(CLIENT);
        Telling telling = arm.telling();
        if (telling != null) {
            environment.putAll(telling.settings());
        }
        return Child.ofThisProgram(
                arm.name(),
                folder.resolve(arm + ".log"),
                environment,
                Client.class,
                arm.name(),
                service,
                Integer.toString(backend(service).port(arm)));
    }

    private void begin(List<Family> families) throws IOException, InterruptedException {
        control.apply();
        control.token(CLIENT, token(CLIENT));
        if (families.stream().anyMatch(family -> family.arms().contains(Arm.GRPC_XDS))) {
            control.bootstrap(CLIENT, folder.resolve("xds"));
        }
        for (String service : families.stream().map(Family::service).distinct().toList()) {
            control.token(service, token(service));
            startBackend(service);
        }
    }

    private void startBackend(String service) throws IOException {
        Path log = folder.resolve(service + ".log");
        Child backend = Child.ofThisProgram(service, log, environment(service), Backend.class);
        try {
            String[] ports = backend.answer().split(" ");
            backends.put(service, new Backing(backend, Integer.parseInt(ports[0]), Integer.parseInt(ports[1])));
        } catch (IOException e) {
            backend.close();
            throw e;
        }
    }

    private Map<String, String> environment(String service) {
        Map<String, String> environment = new HashMap<>();
        environment.put("INMESH_CONTROL", control.address());
        environment.put("INMESH_SERVICE", service);
        environment.put("INMESH_ADDRESS", "127.0.0.1");
        environment.put("INMESH_TOKEN_FILE", token(service).toString());
        environment.put(
                "GRPC_XDS_BOOTSTRAP",
                folder.resolve("xds").resolve("bootstrap.json").toString());
        return environment;
    }

    private Path token(String account) {
        return folder.resolve(account + ".token");
    }

    @Override
    public void close() {
        backends.values().forEach(backend -> backend.process().close());
        control.close();
    }
}
