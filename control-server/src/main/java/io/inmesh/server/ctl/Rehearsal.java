package io.inmesh.server.ctl;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import picocli.CommandLine;

/**
 * Does once what most commands do, so that {@code bin/meshctl} can have the JVM write the classes that takes into an archive, from which later
 * commands have them sooner. Asks no server and shows nothing.
 */
public final class Rehearsal {

    /** Where nobody listens, so that a question ends at once; no program may have this port. */
    private static final String NOBODY = "http://127.0.0.1:0";

    private Rehearsal() {}

    /** Asks for some rules of a server that is not there, and judges some. */
    public static void main(String[] arguments) throws IOException {
        try (InputStream rules = Objects.requireNonNull(Rehearsal.class.getResourceAsStream("rehearsal.yaml"))) {
            System.setIn(rules);
            System.exit(run());
        }
    }

    /** {@return 0 if the rules are good, as they are meant to be} */
    static int run() {
        run("get", "virtualservices", "-o", "yaml", "--server", NOBODY);
        return run("analyze", "-f", "-");
    }

    private static int run(String... arguments) {
        PrintWriter nowhere = new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return MeshCtl.run(new CommandLine(new MeshCtl()).setOut(nowhere).setErr(nowhere), arguments);
    }
}
