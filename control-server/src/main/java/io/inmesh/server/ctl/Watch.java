package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/** Shows something again and again, for commands that can. */
final class Watch {

    private static final int REFRESH_SECONDS = 2;
    private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";

    @Option(
            names = {"-w", "--watch"},
            description = "Shows it again every two seconds.")
    private boolean watch;

    @Option(
            names = "--updates",
            defaultValue = "0",
            description = "Ends --watch after so many. Default: it goes on until it is interrupted.")
    private int updates;

    /** Asks the server. */
    interface Question {
        JsonNode ask() throws Failure, IOException;
    }

    /** Shows an answer. */
    interface Show {
        int show(JsonNode answer) throws Failure, IOException;
    }

    /** {@return whether it shows anything more than once} */
    boolean going() {
        return watch;
    }

    /** {@return the exit status of what was shown last} */
    int run(PrintWriter out, Question question, Show show) throws Failure, IOException {
        if (updates < 0 || (updates > 0 && !watch)) {
            throw new Failure(ExitCode.USAGE, "--updates is a number from 1 and goes with --watch");
        }
        int shown = 0;
        while (true) {
            JsonNode answer = question.ask();
            if (watch && Ansi.AUTO.enabled()) {
                out.print(CLEAR_SCREEN);
            }
            int status = show.show(answer);
            shown++;
            if (!watch || shown == updates) {
                return status;
            }
            out.flush();
            try {
                TimeUnit.SECONDS.sleep(REFRESH_SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return status;
            }
        }
    }
}
