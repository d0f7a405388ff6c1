package io.inmesh.server.folder;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;

/** The files of a folder that are configuration. */
final class ConfigFiles {

    private ConfigFiles() {}

    /**
     * {@return every YAML and JSON file below a folder, with a stamp that changes with its content}
     *
     * <p>What begins with a dot is left out: editors keep their swap files there, and Kubernetes the versions of a mounted
     * ConfigMap, to which the visible files are links.
     */
    static Map<Path, String> in(Path folder) throws IOException {
        Map<Path, String> files = new TreeMap<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return directory.equals(folder) || !hidden(directory)
                        ? FileVisitResult.CONTINUE
                        : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!hidden(file) && relevant(file) && Files.isRegularFile(file)) {
                    BasicFileAttributes target = Files.readAttributes(file, BasicFileAttributes.class);
                    files.put(
                            file,
                            target.size() + "@" + target.lastModifiedTime().toInstant() + "#" + target.fileKey());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (file.equals(folder)) {
                    throw failure;
                }
                // Gone between being listed and being looked at, or not ours to read: as if it were not there.
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    private static boolean hidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    private static boolean relevant(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
    }
}
