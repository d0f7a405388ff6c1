package io.inmesh.samples.bookinfo;

import static io.inmesh.samples.bookinfo.Scenarios.require;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The processes of the running shop, by name. */
final class Processes {

    private final Path run;
    private final Path root;
    private final int grpcPort;
    private final int xdsPort;

    Processes(Path run, Path root, int grpcPort, int xdsPort) {
        this.run = run;
        this.root = root;
        this.grpcPort = grpcPort;
        this.xdsPort = xdsPort;
    }

    /**
     * A process that was started here.
     *
     * @param port where it listens, once it does
     */
    record Launch(Process process, int port, Path logFile) {

        String log() throws IOException {
            return Files.readString(logFile);
        }
    }

    /** {@return the port of discovery without TLS} */
    int xdsPort() {
        return xdsPort;
    }

    private ProcessHandle handle(String name) throws IOException {
        long pid = 0;
        // The last one of the name is the one that runs.
        for (String line : Files.readAllLines(run.resolve("pids"))) {
            String[] words = line.split(" ");
            if (words[1].equals(name)) {
                pid = Long.parseLong(words[0]);
            }
        }
        return ProcessHandle.of(pid).orElseThrow(() -> new IllegalStateException(name + " does not run"));
    }

    /** Ends a process at once. */
    void kill(String name) throws IOException {
        handle(name).destroyForcibly();
    }

    /** Asks a process to end, and waits until it has. */
    void stop(String name) throws Exception {
        ProcessHandle handle = handle(name);
        handle.destroy();
        handle.onExit().get(20, TimeUnit.SECONDS);
    }

    /** {@return the port of a process that was started anew with its old state folder} */
    int restart(String name, String service, String version, String main) throws IOException {
        return launch(name, service, version, main, run.resolve("tokens").resolve(service))
                .port();
    }

    /** Starts a process of the shop. */
    Launch launch(String name, String service, String version, String main, Path token) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        ProcessBuilder builder = new ProcessBuilder(
                java(root.resolve("samples/bookinfo/target"), "io.inmesh.samples.bookinfo." + main, List.of()));
        builder.environment()
                .putAll(Map.of(
                        "INMESH_CONTROL",
                        "localhost:" + grpcPort,
                        "INMESH_SERVICE",
                        service,
                        "INMESH_LABELS",
                        "version=" + version,
                        "INMESH_TOKEN_FILE",
                        token.toString(),
                        "INMESH_STATE_DIR",
                        run.resolve("state").resolve(name).toString(),
                        "VERSION",
                        version,
                        "LISTEN_PORT",
                        Integer.toString(port)));
        Path log = run.resolve("log").resolve(name + ".log");
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        Files.writeString(run.resolve("pids"), process.pid() + " " + name + "\n", StandardOpenOption.APPEND);
        return new Launch(process, port, log);
    }

    /** {@return what the gRPC client without Inmesh prints, whatever its exit status} */
    String stockClient(Path bootstrap, List<String> arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                java(root.resolve("samples/stock-grpc/target"), "io.inmesh.samples.stock.StockClient", arguments));
        builder.environment().put("GRPC_XDS_BOOTSTRAP", bootstrap.toString());
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return output(process);
    }

    /** {@return what the command line of the mesh prints} */
    String meshctl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(root.resolve("control-server/bin/meshctl").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = output(process);
        require(process.exitValue() == 0, output);
        return output;
    }

    private static String output(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private static List<String> java(Path target, String main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                target.resolve("classes") + File.pathSeparator + target.resolve("lib") + "/*",
                main));
        command.addAll(arguments);
        return command;
    }
}
