package io.inmesh.server.ctl;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** A command that goes on while others run, until it ends by itself. */
final class Watched {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Thread thread;

    Watched(MeshUnderTest mesh, String... arguments) {
        thread = new Thread(
                () -> mesh.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments), "watching command");
        thread.setDaemon(true);
        thread.start();
    }

    /** {@return whether it has printed a text} */
    boolean begun(String text) {
        return out.toString().contains(text);
    }

    /** {@return the lines of all that it has printed, when it has ended} */
    List<String> end() throws InterruptedException {
        thread.join();
        if (!err.toString().isEmpty()) {
            throw new AssertionError(err.toString());
        }
        return out.toString().lines().toList();
    }
}
