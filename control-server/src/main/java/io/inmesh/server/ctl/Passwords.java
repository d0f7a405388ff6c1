package io.inmesh.server.ctl;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Asks for passwords: on the terminal without showing them, or from standard input. Never on the command line, which others can see. */
final class Passwords {

    private static final int MOST_BYTES = 4096;

    private Passwords() {}

    /**
     * {@return a password}
     *
     * @param fromInput whether it is the first line of standard input
     */
    static String ask(String prompt, boolean fromInput) throws Failure, IOException {
        if (fromInput) {
            String text = new String(System.in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("");
        }
        return new String(typed(prompt));
    }

    /** As {@link #ask}, typed twice. */
    static String choose(boolean fromInput) throws Failure, IOException {
        if (fromInput) {
            return ask("", true);
        }
        String first = new String(typed("New password: "));
        if (!first.equals(new String(typed("Once more: ")))) {
            throw new Failure(ExitCode.USAGE, "the two passwords differ");
        }
        return first;
    }

    private static char[] typed(String prompt) throws Failure {
        Console console = System.console();
        char[] typed = console == null ? null : console.readPassword(prompt);
        if (typed == null) {
            throw new Failure(ExitCode.USAGE, "there is no terminal to ask at; give the password by --password-stdin");
        }
        return typed;
    }
}
