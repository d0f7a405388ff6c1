package io.inmesh.bench.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Java process that answers lines; ended with {@link #close}. */
public final class Child implements AutoCloseable {

    private static final long STOP_SECONDS = 10;

    private final String name;
    private final Path log;
    private final Process process;
    private final BufferedReader output;
    private final BufferedWriter input;

    private Child(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.input = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * {@return a process that has begun}
     *
     * @param log takes what it writes to standard error
     * @param environment set beside what this process has
     * @param arguments options of the Java launcher, main class or jar, and its arguments
     */
    public static Child start(String name, Path log, Map<String, String> environment, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(launcher());
        command.addAll(arguments);
        return run(name, log, environment, command);
    }

    /** {@return the Java launcher that runs this program} */
    public static String launcher() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /**
     * {@return a process of any program that has begun}
     *
     * @param log takes what it writes to standard error
     * @param environment set beside what this process has
     * @param command program and arguments
     */
    public static Child run(String name, Path log, Map<String, String> environment, List<String> command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return new Child(name, log, builder.start());
    }

    /** {@return a process of this program, with a heap and a collector that leave the cores to the calls} */
    public static Child ofThisProgram(
            String name, Path log, Map<String, String> environment, Class<?> main, String... arguments)
            throws IOException {
        List<String> all = new ArrayList<>(List.of("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-cp"));
        all.add(absolute(System.getProperty("java.class.path")));
        all.add(main.getName());
        all.addAll(List.of(arguments));
        return start(name, log, environment, all);
    }

    /** {@return the answer to a line} */
    public String ask(String line) throws IOException {
        input.write(line);
        input.newLine();
        input.flush();
        return answer();
    }

    /** {@return the next answer} */
    public String answer() throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(Replies.MARK)) {
                return line.substring(Replies.MARK.length());
            }
        }
        throw new IOException(name + " ended; its last words: " + log());
    }

    /** Ends it without a warning, and waits until it has. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /**
     * Sends it a signal.
     *
     * @param signal its name without SIG, {@code STOP} say
     */
    public void signal(String signal) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException(name + " cannot be sent " + signal);
        }
    }

    /** {@return whether it runs} */
    public boolean alive() {
        return process.isAlive();
    }

    /** Waits for the end of a process that ends by itself. */
    public void await() throws IOException, InterruptedException {
        output.lines().forEach(line -> {});
        if (process.waitFor() != 0) {
            throw new IOException(name + " failed: " + log());
        }
    }

    /** {@return what it wrote to standard error} */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** {@return the processor time it has used so far, compiler and collector included} */
    public long cpuNanos() {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    /** Fails with the last words of a process that has ended. */
    public void mustBeAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException(name + " ended; its last words: " + log());
        }
    }

    /** {@return its process id} */
    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static String absolute(String classPath) {
        List<String> parts = new ArrayList<>();
        for (String part : classPath.split(File.pathSeparator)) {
            parts.add(Path.of(part).toAbsolutePath().toString());
        }
        return String.join(File.pathSeparator, parts);
    }
}
