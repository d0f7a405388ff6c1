package io.inmesh.samples.closure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code mesh-okhttp} and {@code mesh-control-client} bring into an application, dependencies included. */
final class ClosureTest {

    private static final long MOST_BYTES = 30_000_000;

    private static List<ClassPathEntry> closure = List.of();
    private static List<ClassPathEntry> neighbours = List.of();

    @BeforeAll
    static void readClassPaths() throws IOException {
        closure = ClassPathEntry.readAll(Pattern.compile(":")
                .splitAsStream(Files.readString(Path.of("target/closure.txt")).strip())
                .map(Path::of));
        try (Stream<Path> jars = Files.list(Path.of("target/neighbours"))) {
            neighbours = ClassPathEntry.readAll(jars.sorted());
        }
    }

    @Test
    void weighsAtMostThirtyMegabytes() {
        Map<String, Long> weights = new LinkedHashMap<>();
        closure.forEach(entry -> weights.put(entry.name(), entry.bytes()));

        assertThat(weights.values().stream().mapToLong(Long::longValue).sum())
                .as("bytes of %s", weights)
                .isBetween(1_000_000L, MOST_BYTES);
    }

    @Test
    void holdsNoClassTwice() {
        Map<String, String> owners = new TreeMap<>();
        Map<String, String> twice = new TreeMap<>();
        for (ClassPathEntry entry : closure) {
            for (String name : entry.classes()) {
                String other = owners.put(name, entry.name());
                if (other != null) {
                    twice.put(name, other + " and " + entry.name());
                }
            }
        }

        assertThat(owners).containsKey("io/inmesh/okhttp/MeshOkHttp.class");
        assertThat(twice).isEmpty();
    }

    @Test
    void sharesNoClassWithOtherXdsLibraries() {
        assertThat(neighbours)
                .hasSize(2)
                .allSatisfy(entry -> assertThat(entry.classes()).hasSizeGreaterThan(1_000));

        for (ClassPathEntry neighbour : neighbours) {
            for (ClassPathEntry entry : closure) {
                assertThat(entry.classes())
                        .as("classes of %s that %s has too", entry.name(), neighbour.name())
                        .doesNotContainAnyElementsOf(neighbour.classes());
            }
        }
    }

    @Test
    void bringsNeitherACertificateLibraryNorASecondProtobufNorAWebServer() {
        assertThat(closure)
                .extracting(ClassPathEntry::name)
                .noneMatch(name -> name.matches(
                        "(bcp|bcu|protobuf-javalite|proto-google|jackson|jetty|tomcat|grpc-xds|api-|h2-|sqlite).*"));
    }
}
