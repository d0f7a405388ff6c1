package io.inmesh.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the console's files are made of, as far as that can be seen without a browser. */
class ConsoleFilesTest {

    /** What a browser loads before it shows anything, compressed. */
    private static final int FIRST_VIEW_BYTES = 250_000;

    private static final Path SOURCES = Path.of("src/main/resources/console");
    private static final Pattern STATIC_IMPORT = Pattern.compile("(?:from|import)\\s*'(\\.[^']+)'");
    private static final Pattern LATE_IMPORT = Pattern.compile("import\\('(\\.[^']+)'\\)");
    private static final Pattern OF_PAGE = Pattern.compile("(?:href|src)=\"/console/\\{build}/([^\"]+)\"");

    private static ConsoleFiles files;

    @BeforeAll
    static void load() throws IOException {
        files = ConsoleFiles.load();
    }

    /** The first page is loaded late by the frame, but before anything is seen: it counts. */
    @Test
    void theFirstViewIsSmall() throws IOException {
        Set<String> needed = new LinkedHashSet<>();
        Deque<String> open = new ArrayDeque<>(all(OF_PAGE, read("index.html")));
        open.addAll(
                resolved("pages.js", List.of(all(LATE_IMPORT, read("pages.js")).get(0))));
        while (!open.isEmpty()) {
            String name = open.pop();
            if (needed.add(name) && name.endsWith(".js")) {
                open.addAll(resolved(name, all(STATIC_IMPORT, read(name))));
            }
        }

        int bytes = files.page(ConsoleFiles.INDEX).gzip().length;
        for (String name : needed) {
            bytes += files.find(name).orElseThrow().gzip().length;
        }
        assertThat(needed).contains("app.js", "frame.js", "lib/preact.js").doesNotContain("lib/editor.js");
        assertThat(bytes).isLessThan(FIRST_VIEW_BYTES);
    }

    @Test
    void whateverIsImportedIsThere() throws IOException {
        Set<String> missing = new TreeSet<>();
        for (String name : sources()) {
            if (name.endsWith(".js")) {
                List<String> wanted = resolved(name, all(STATIC_IMPORT, read(name)));
                wanted.addAll(resolved(name, all(LATE_IMPORT, read(name))));
                wanted.removeIf(path -> files.find(path).isPresent());
                missing.addAll(wanted);
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void theFilesAreServedAtMostTwoFoldersDeep() throws IOException {
        assertThat(sources())
                .allSatisfy(name -> assertThat(name).matches("([a-z-]+/)?[A-Za-z-]+\\.(html|js|css|svg|txt)"));
    }

    /** The policy would keep all of this from working; this says so before a browser does. */
    @Test
    void nothingComesFromElsewhereNorIsMadeFromText() throws IOException {
        Pattern forbidden = Pattern.compile(
                "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\(|new Function|https?://(?!www\\.w3\\.org/)|<script>| on[a-z]+=\"");
        for (String name : sources()) {
            if (!name.startsWith("lib/")) {
                assertThat(all(forbidden, read(name))).as(name).isEmpty();
            }
        }
    }

    /** A style sheet makes cards of rows where the window is narrow, and browsers forget what was a table unless roles say so. */
    @Test
    void tablesThatBecomeCardsSpellOutTheirRoles() throws IOException {
        Pattern table = Pattern.compile("(?s)<table class=\"rows\".*?</table>");
        Pattern silent = Pattern.compile("<(?:table|thead|tbody|tr|th|td)\\b(?![^>]*\\brole=)[^>]*>");
        for (String name : sources()) {
            for (String rows : name.endsWith(".js") ? all(table, read(name)) : List.<String>of()) {
                assertThat(all(silent, rows)).as(name).isEmpty();
            }
        }
    }

    @Test
    void librariesHaveTheirVersionsAndLicences() throws IOException {
        String licences = read("lib/LICENCES.txt");
        try (Stream<Path> libraries = Files.list(SOURCES.resolve("lib"))) {
            assertThat(libraries.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".js")))
                    .allSatisfy(name -> assertThat(licences).containsPattern("(?m)^" + name + "\n  .+ [0-9.]+ \\("));
        }
    }

    @Test
    void aFileIsTheSameCompressedAndNot() throws IOException {
        ConsoleFile file = files.find("app.js").orElseThrow();

        assertThat(file.shrinks()).isTrue();
        assertThat(new GZIPInputStream(new ByteArrayInputStream(file.gzip())).readAllBytes())
                .isEqualTo(file.plain());
    }

    @Test
    void thePageNamesTheBuildOfAllItsFiles() {
        String page = new String(files.page(ConsoleFiles.INDEX).plain(), StandardCharsets.UTF_8);

        assertThat(page).contains("/console/" + files.build() + "/app.js").doesNotContain("{build}");
        assertThat(files.build()).matches("[0-9a-f]{16}");
        assertThat(files.find("index.html")).isEmpty();
    }

    private static List<String> sources() throws IOException {
        try (Stream<Path> walk = Files.walk(SOURCES)) {
            return walk.filter(Files::isRegularFile)
                    .map(file -> SOURCES.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    private static String read(String name) throws IOException {
        return Files.readString(SOURCES.resolve(name));
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(found -> found.group(found.groupCount() > 0 ? 1 : 0))
                .toList();
    }

    private static List<String> resolved(String from, List<String> paths) {
        Path folder = Path.of("/" + from).resolveSibling("");
        return paths.stream()
                .map(path -> folder.resolve(path).normalize().toString().substring(1))
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
