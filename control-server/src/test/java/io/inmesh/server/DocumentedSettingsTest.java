package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.settings.SettingsException;
import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds {@code docs/settings.md} to the sections that a server knows. */
class DocumentedSettingsTest {

    private static final Path DOCUMENT = Path.of("../docs/settings.md");
    private static final Pattern KNOWN = Pattern.compile("known here are \\[(.*)]");

    @TempDir
    private Path folder;

    @Test
    void theTableHasEachSectionAndNoOther() throws Exception {
        Path file = Files.writeString(folder.resolve("settings.yaml"), "unheard-of: {}\n");

        assertThatThrownBy(() -> new ControlServer(
                                ServerOptions.onLoopback(0, 0, folder.resolve("data"), SettingsFile.read(file)))
                        .close())
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        refused -> assertThat(documented()).isEqualTo(known(refused)));
    }

    private static Set<String> known(SettingsException refused) {
        Matcher known = KNOWN.matcher(String.valueOf(refused.getMessage()));
        assertThat(known.find()).as(refused.getMessage()).isTrue();
        return new TreeSet<>(Set.of(known.group(1).split(", ")));
    }

    private static Set<String> documented() {
        try {
            return Files.readAllLines(DOCUMENT).stream()
                    .filter(line -> line.startsWith("| `"))
                    .map(line -> line.substring(3, line.indexOf('`', 3)))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
