package io.inmesh.bench.analyze;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code meshctl analyze} from the shell's view: from the start of a JVM, with an archive of classes, to its end.
 *
 * @param options of the JVM
 * @param jar the control server's
 * @param archive where the archive of classes is kept
 */
record WholeCommand(List<String> options, Path jar, Path archive) {

    private static final double NANOS_PER_MILLI = 1e6;

    /** Makes the archive, as {@code control-server/bin/meshctl} does. */
    void rehearse() throws IOException, InterruptedException {
        int status = run(archive, "-XX:ArchiveClassesAtExit=" + archive, "io.inmesh.server.ctl.Rehearsal");
        if (status != 0) {
            throw new IllegalStateException("no archive of classes was made: exit status " + status);
        }
    }

    /** {@return how long it takes to judge a folder in which something is wrong} */
    double millis(Path folder) throws IOException, InterruptedException {
        long began = System.nanoTime();
        int status = run(
                folder,
                "-XX:SharedArchiveFile=" + archive,
                "io.inmesh.server.ctl.MeshCtl",
                "analyze",
                "-f",
                folder.toString());
        double millis = (System.nanoTime() - began) / NANOS_PER_MILLI;
        if (status != 1) {
            throw new IllegalStateException("findings were expected: exit status " + status);
        }
        return millis;
    }

    private int run(Path folder, String archiving, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(archiving, "-Xlog:disable", "-cp", jar.toString()));
        command.addAll(List.of(arguments));
        Process process = process(command, folder)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.INHERIT)
                .start();
        try {
            return process.waitFor();
        } finally {
            process.destroy();
        }
    }

    /** {@return a process to start that knows nothing of the servers whoever measures works with} */
    static ProcessBuilder process(List<String> command, Path folder) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("INMESH_"));
        builder.environment()
                .put("INMESH_CONFIG_DIR", folder.resolve("no-contexts").toString());
        return builder;
    }
}
