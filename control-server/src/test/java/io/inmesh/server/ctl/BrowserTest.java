package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What opens links on which system. */
class BrowserTest {

    private static final String LINK = "http://127.0.0.1:15014/console/login#x";

    @TempDir
    private Path folder;

    /** It is waited for until it has ended: the test's own limit ends waiting in vain. */
    private static Browser browser(String system, Map<String, String> environment) {
        return new Browser(system, environment, Duration.ofDays(1));
    }

    @Test
    void everySystemHasItsWay() {
        assertThat(browser("Linux", Map.of("DISPLAY", ":0")).command(LINK)).containsExactly("xdg-open", LINK);
        assertThat(browser("FreeBSD", Map.of("WAYLAND_DISPLAY", "wayland-0")).command(LINK))
                .containsExactly("xdg-open", LINK);
        assertThat(browser("Mac OS X", Map.of()).command(LINK)).containsExactly("open", LINK);
        assertThat(browser("Windows 11", Map.of()).command(LINK))
                .containsExactly("rundll32", "url.dll,FileProtocolHandler", LINK);
    }

    @Test
    void withoutAScreenThereIsNone() {
        assertThat(browser("Linux", Map.of("DISPLAY", "")).command(LINK)).isEmpty();
        assertThat(browser("Linux", Map.of()).open(LINK)).isFalse();
    }

    @Test
    void theOneTheUserNamesComesFirst() {
        assertThat(command("firefox")).containsExactly("firefox", LINK);
        assertThat(command("chromium --new-window %s --incognito"))
                .containsExactly("chromium", "--new-window", LINK, "--incognito");
        assertThat(command("w3m:links")).containsExactly("w3m", LINK);
    }

    private static List<String> command(String chosen) {
        return browser("Linux", Map.of("BROWSER", chosen, "DISPLAY", ":0")).command(LINK);
    }

    @Test
    void aProgramThatIsNotThereOpensNothing() {
        Map<String, String> absent = Map.of("BROWSER", folder.resolve("absent").toString());

        assertThat(browser("Linux", absent).open(LINK)).isFalse();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theProgramIsGivenTheLink() throws Exception {
        Path seen = folder.resolve("seen");
        assertThat(browser("Linux", Map.of("BROWSER", script("printf %s \"$1\" > '" + seen + "'")))
                        .open(LINK))
                .isTrue();
        assertThat(Files.readString(seen)).isEqualTo(LINK);
        assertThat(browser("Linux", Map.of("BROWSER", script("exit 3"))).open(LINK))
                .isFalse();
    }

    /** Read by the shell: what has just been written cannot always be run. */
    private String script(String line) throws Exception {
        return "sh " + Files.writeString(Files.createTempFile(folder, "browser", ".sh"), line + "\n");
    }
}
