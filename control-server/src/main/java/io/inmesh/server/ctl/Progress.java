package io.inmesh.server.ctl;

import io.inmesh.server.time.Timer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/**
 * Says on a terminal what a command waits for, once that takes longer than a second, and how long it has; the line is gone when the wait is over.
 * Safe for use by several threads.
 */
final class Progress {
    /** Says nothing. */
    static final Progress NONE = new Progress(null, new PrintWriter(PrintWriter.nullWriter()));

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String BEGINNING_OF_LINE = "\r";
    private static final String CLEAR_TO_END_OF_LINE = "\u001b[K";
    private static final Path STREAMS = Path.of("/proc/self/fd");

    private final @Nullable Timer timer;
    private final PrintWriter terminal;
    private @Nullable Waiting current;

    /**
     * Says it there.
     *
     * @param timer wakes it up; null to say nothing
     * @param terminal where standard error goes
     */
    Progress(@Nullable Timer timer, PrintWriter terminal) {
        this.timer = timer;
        this.terminal = terminal;
    }

    /**
     * {@return whether somebody sits before a terminal and may be shown lines that vanish: not if standard output or standard error goes
     * elsewhere, the terminal cannot, or {@code NO_COLOR} asks for plain text (no-color.org)}
     */
    static boolean wanted(Map<String, String> environment) {
        boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty()
                || environment.getOrDefault("TERM", "dumb").equals("dumb");
        if (plain) {
            return false;
        }
        return Files.isDirectory(STREAMS) ? Stream.of("1", "2").allMatch(Progress::terminal) : Ansi.AUTO.enabled();
    }

    private static boolean terminal(String stream) {
        try {
            String device = Files.readSymbolicLink(STREAMS.resolve(stream)).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Begins to wait. Of waits within a wait, the outermost is told.
     *
     * @param what what is waited for, as in "waiting for …"
     */
    Waiting begin(String what) {
        return new Waiting(what);
    }

    /** A wait that goes on until it is closed. */
    final class Waiting implements AutoCloseable {
        private final String what;
        private Timer.@Nullable Cancellable next;
        private int seconds;

        private Waiting(String what) {
            this.what = what;
            synchronized (Progress.this) {
                if (timer != null && current == null) {
                    current = this;
                    next = timer.schedule(SECOND, this::show);
                }
            }
        }

        private void show() {
            synchronized (Progress.this) {
                if (current == this && timer != null) {
                    seconds++;
                    terminal.print(
                            BEGINNING_OF_LINE + "waiting for " + what + " (" + seconds + "s)" + CLEAR_TO_END_OF_LINE);
                    terminal.flush();
                    next = timer.schedule(SECOND, this::show);
                }
            }
        }

        @Override
        public void close() {
            synchronized (Progress.this) {
                if (current != this) {
                    return;
                }
                current = null;
                if (next != null) {
                    next.cancel();
                }
                if (seconds > 0) {
                    terminal.print(BEGINNING_OF_LINE + CLEAR_TO_END_OF_LINE);
                    terminal.flush();
                }
            }
        }
    }
}
