package io.inmesh.server.ctl;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
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
                sources.addAll(folder(path));
            } else if (java.nio.file.Files.exists(path)) {
                sources.add(new Source(path.toString(), text(path)));
            } else {
                throw new Failure(ExitCode.USAGE, "there is no file " + path);
            }
        }
        return sources;
    }

    private static List<Source> folder(Path folder) throws Failure, IOException {
        List<Source> sources = new ArrayList<>();
        try (Stream<Path> files = java.nio.file.Files.list(folder)) {
            for (Path file : files.filter(Files::yaml).sorted().toList()) {
                sources.add(new Source(file.toString(), text(file)));
            }
        }
        if (sources.isEmpty()) {
            throw new Failure(
                    ExitCode.USAGE,
                    "there is no .yaml, .yml or .json file in the folder " + folder
                            + "; folders within it are not read");
        }
        return sources;
    }

    private static String text(Path file) throws Failure, IOException {
        try {
            return java.nio.file.Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new Failure(ExitCode.USAGE, file + " is not text in UTF-8");
        }
    }

    /** {@return what a failure says, in words where it says no more than the name of a file} */
    static String said(IOException failure) {
        String file = failure instanceof FileSystemException about ? about.getFile() : null;
        if (file == null || ((FileSystemException) failure).getReason() != null) {
            return String.valueOf(failure.getMessage());
        }
        Path folder = Path.of(file).toAbsolutePath().getParent();
        if (failure instanceof NoSuchFileException) {
            return folder == null || java.nio.file.Files.isDirectory(folder)
                    ? "there is no file " + file
                    : "there is no folder " + folder;
        }
        return failure instanceof AccessDeniedException
                ? file + " may not be read or written by this user"
                : file + " cannot be read or written (" + failure.getClass().getSimpleName() + ")";
    }

    private static boolean yaml(Path file) {
        String name = file.toString();
        return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
    }
}
