package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the names of metrics in documents, dashboards and alerts to those in the code, and the other way round. */
class DocumentedMetricsTest {

    private static final List<Path> CODE = List.of(
            Path.of("src/main/java"),
            Path.of("../mesh-core/src/main/java"),
            Path.of("../mesh-control-client/src/main/java"));
    private static final Path DOCUMENTS = Path.of("../docs");
    private static final Path DASHBOARDS = Path.of("../dashboards");

    private static final Pattern LITERAL = Pattern.compile("\"(inmesh\\.[a-z_.]+[a-z])\"");
    private static final Pattern QUOTED = Pattern.compile("`(inmesh[._][a-z_.]*[a-z]|\\.[a-z.]*[a-z])(\\{[^`]*)?`");
    private static final Pattern PROMETHEUS = Pattern.compile("\\b(inmesh_[a-z_]*[a-z])\\b(?![:*]|_\\*)");
    /** What Prometheus' form adds for kind and unit. */
    private static final Pattern ENDING = Pattern.compile("(\\.(total|seconds|bytes|percent|bucket|count|sum|max))*$");

    @Test
    void everyMetricOfTheCodeIsDocumented() {
        Set<String> documented = new TreeSet<>();
        for (Path document : files(DOCUMENTS, ".md")) {
            text(document).lines().forEach(line -> quoted(line, documented));
        }

        Set<String> silent = new TreeSet<>(named());
        silent.removeAll(documented);
        assertThat(silent).as("in the code, and in none of docs/*.md").isEmpty();
    }

    @Test
    void everyMetricOfDocumentsDashboardsAndAlertsIsInTheCode() {
        Set<String> named = named();
        for (Path file : Stream.of(files(DOCUMENTS, ".md"), files(DASHBOARDS, ".json"), files(DASHBOARDS, ".yaml"))
                .flatMap(List::stream)
                .toList()) {
            Matcher name = PROMETHEUS.matcher(text(file));
            while (name.find()) {
                assertThat(named).as("%s in %s", name.group(1), file).contains(plain(name.group(1)));
            }
        }
    }

    @Test
    void everyMetricOfTheTableOfProcessesIsInTheCode() {
        Set<String> named = named();
        text(DOCUMENTS.resolve("observability.md"))
                .lines()
                .filter(line -> line.matches("\\| `inmesh\\..*\\| (counter|gauge|timer|time gauge).*"))
                .map(line -> line.split("\\|", -1)[1])
                .forEach(cell -> {
                    Matcher name = QUOTED.matcher(cell);
                    String full = "";
                    while (name.find()) {
                        String each = name.group(1);
                        full = each.startsWith(".") ? full : each;
                        Set<String> meant = new TreeSet<>();
                        add(each, full, meant);
                        assertThat(named).as(each + " in" + cell).containsAnyElementsOf(meant);
                    }
                });
    }

    /** {@return the names that files with meters in them give to meters and tags} */
    private static Set<String> named() {
        Set<String> names = new TreeSet<>();
        for (Path root : CODE) {
            for (Path file : files(root, ".java")) {
                String code = text(file);
                if (code.contains("import io.micrometer")) {
                    Matcher literal = LITERAL.matcher(code);
                    while (literal.find()) {
                        names.add(plain(literal.group(1)));
                    }
                }
            }
        }
        assertThat(names).as("there are metrics").hasSizeGreaterThan(50);
        return names;
    }

    private static void quoted(String line, Set<String> names) {
        Matcher name = QUOTED.matcher(line);
        String full = "";
        while (name.find()) {
            full = name.group(1).startsWith(".") ? full : name.group(1);
            add(name.group(1), full, names);
        }
    }

    /** Adds a name; of one that begins with a dot, all that it may be short for after a full one. */
    private static void add(String name, String full, Set<String> names) {
        if (!name.startsWith(".")) {
            names.add(plain(name));
            return;
        }
        for (int dot = full.lastIndexOf('.'); dot > 0; dot = full.lastIndexOf('.', dot - 1)) {
            names.add(plain(full.substring(0, dot) + name));
        }
    }

    /** {@return a name as it is in the code, without unit} */
    private static String plain(String name) {
        return ENDING.matcher(name.replace('_', '.')).replaceFirst("");
    }

    private static List<Path> files(Path root, String ending) {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
