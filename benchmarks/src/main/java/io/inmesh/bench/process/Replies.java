package io.inmesh.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** How a child process talks to the one that started it: a line comes in, a marked line goes out; logs go elsewhere. */
public final class Replies {

    /** What an answer begins with. */
    public static final String MARK = "> ";

    /** What a child does with a line. */
    public interface Command {
        /** {@return the answer to a line} */
        String run(String line) throws Exception;
    }

    private Replies() {}

    /** Says something. */
    public static void answer(String text) {
        System.out.println(MARK + text);
        System.out.flush();
    }

    /** Answers line after line until there are no more, which is also the case once the parent is gone. */
    public static void serve(Command command) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = read(lines); line != null; line = read(lines)) {
            answer(command.run(line));
        }
    }

    private static @org.jspecify.annotations.Nullable String read(BufferedReader lines) throws IOException {
        return lines.readLine();
    }
}
