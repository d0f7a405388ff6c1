package io.inmesh.server.ca;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The {@code openssl} of this machine: software we have not written. */
final class OpenSsl {
    private OpenSsl() {}

    static boolean present() throws InterruptedException {
        try {
            run("version");
            return true;
        } catch (IOException | AssertionError e) {
            return false;
        }
    }

    /** Runs a command and {@return what it prints}; an error if it fails. */
    static String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(text);
        }
        return text;
    }
}
