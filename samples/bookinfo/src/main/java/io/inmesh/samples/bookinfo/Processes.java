package io.inmesh.samples.bookinfo;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The processes of the running shop, by name. */
final class Processes {

    private final Path run;
    private final Path root;
    private final int grpcPort;

    Processes(Path run, Path root, int grpcPort) {
        this.run = run;
        this.root = root;
        this.grpcPort = grpcPort;
    }

    private ProcessHandle handle(String name) throws IOException {
        for (String line : Files.readAllLines(run.resolve("pids"))) {
            String[] words = line.split(" ");
            if (words[1].equals(name)) {
                return ProcessHandle.of(Long.parseLong(words[0]))
                        .orElseThrow(() -> new IllegalStateException(name + " does not run any more"));
            }
        }
        throw new IllegalStateException("there is no process " + name);
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
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path sample = root.resolve("samples/bookinfo/target");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                sample.resolve("classes") + File.pathSeparator + sample.resolve("lib") + "/*",
                "io.inmesh.samples.bookinfo." + main));
        builder.environment().put("INMESH_CONTROL", "localhost:" + grpcPort);
        builder.environment().put("INMESH_SERVICE", service);
        builder.environment().put("INMESH_LABELS", "version=" + version);
        builder.environment()
                .put("INMESH_TOKEN_FILE", run.resolve("tokens").resolve(service).toString());
        builder.environment()
                .put("INMESH_STATE_DIR", run.resolve("state").resolve(name).toString());
        builder.environment().put("VERSION", version);
        builder.environment().put("LISTEN_PORT", Integer.toString(port));
        File log = run.resolve("log").resolve(name + ".log").toFile();
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        Files.writeString(run.resolve("pids"), process.pid() + " " + name + "-again\n", StandardOpenOption.APPEND);
        return port;
    }
}
