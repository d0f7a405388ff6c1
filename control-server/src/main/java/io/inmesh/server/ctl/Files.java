package io.inmesh.server.ctl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads what {@code -f} names: a file, a folder, or {@code -} for standard input. */
final class Files {

    private Files() {}

    /**
     * One file.
     *
     * @param name for messages
     * @param text content
     */
    record Source(String name, String text) {}

    static List<Source> read(List<Path> paths) throws Failure, IOException {
        List<Source> sources = new ArrayList<>();
        for (Path path : paths) {
            if (path.toString().equals("-")) {
                sources.add(new Source("standard input", new String(System.in.readAllBytes(), StandardCharsets.UTF_8)));
                continue;
            }
            if (java.nio.file.Files.isDirectory(path)) {
                try (Stream<Path> files = java.nio.file.Files.list(path)) {
                    for (Path file : files.filter(Files::yaml).sorted().toList()) {
                        sources.add(new Source(file.toString(), java.nio.file.Files.readString(file)));
                    }
                }
            } else if (java.nio.file.Files.isRegularFile(path)) {
                sources.add(new Source(path.toString(), java.nio.file.Files.readString(path)));
            } else {
                throw new Failure(ExitCode.USAGE, "there is no file " + path);
            }
        }
        return sources;
    }

    private static boolean yaml(Path file) {
        String name = file.toString();
        return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
    }
}
