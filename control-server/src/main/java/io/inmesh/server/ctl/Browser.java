package io.inmesh.server.ctl;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The browser of whoever sits at this machine: what {@code BROWSER} names, else what the system opens links with. Without a screen there is
 * none.
 */
final class Browser {

    private final String system;
    private final Map<String, String> environment;
    private final Duration patience;

    /**
     * Looks for nothing yet.
     *
     * @param system name of the operating system, as {@code os.name} has it
     * @param environment variables of the process
     * @param patience how long to wait for the end of the program that opens links; some stay for as long as the browser does
     */
    Browser(String system, Map<String, String> environment, Duration patience) {
        this.system = system.toLowerCase(Locale.ROOT);
        this.environment = environment;
        this.patience = patience;
    }

    /** {@return the program that opens a link and its arguments; empty for none} */
    List<String> command(String link) {
        // Several are separated by colons; %s stands for the link.
        String chosen =
                environment.getOrDefault("BROWSER", "").split(":", -1)[0].strip();
        if (!chosen.isEmpty() && !system.startsWith("windows")) {
            List<String> command = new ArrayList<>(List.of(chosen.split(" +")));
            if (!chosen.contains("%s")) {
                command.add("%s");
            }
            command.replaceAll(word -> word.replace("%s", link));
            return command;
        }
        if (system.startsWith("mac")) {
            return List.of("open", link);
        }
        if (system.startsWith("windows")) {
            return List.of("rundll32", "url.dll,FileProtocolHandler", link);
        }
        boolean screen = List.of("DISPLAY", "WAYLAND_DISPLAY").stream()
                .anyMatch(name -> !environment.getOrDefault(name, "").isEmpty());
        return screen ? List.of("xdg-open", link) : List.of();
    }

    /** {@return whether a link has been opened, as far as can be known} */
    boolean open(String link) {
        List<String> command = command(link);
        if (command.isEmpty()) {
            return false;
        }
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(Redirect.from(nothing()))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            return !process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private java.io.File nothing() {
        return new java.io.File(system.startsWith("windows") ? "NUL" : "/dev/null");
    }
}
