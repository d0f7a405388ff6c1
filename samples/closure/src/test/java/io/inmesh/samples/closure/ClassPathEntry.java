package io.inmesh.samples.closure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A jar, or a directory of classes where a module of the same build has not been packaged yet.
 *
 * @param name file name
 * @param bytes size of the jar, or of all files in the directory
 * @param classes resource names of its classes, without module descriptors and versions for newer JDKs
 */
record ClassPathEntry(String name, long bytes, Set<String> classes) {

    static List<ClassPathEntry> readAll(Stream<Path> paths) {
        return paths.map(ClassPathEntry::read).toList();
    }

    private static ClassPathEntry read(Path path) {
        try {
            return Files.isDirectory(path) ? directory(path) : jar(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClassPathEntry jar(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            return new ClassPathEntry(
                    path.getFileName().toString(),
                    Files.size(path),
                    classes(jar.stream().map(Object::toString)));
        }
    }

    private static ClassPathEntry directory(Path path) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(path)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        return new ClassPathEntry(
                path.toString(),
                bytes,
                classes(files.stream().map(file -> path.relativize(file).toString())));
    }

    private static Set<String> classes(Stream<String> resources) {
        return resources
                .filter(name -> name.endsWith(".class"))
                .filter(name -> !name.startsWith("META-INF/") && !name.endsWith("-info.class"))
                .collect(Collectors.toSet());
    }
}
