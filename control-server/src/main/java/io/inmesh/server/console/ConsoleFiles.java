package io.inmesh.server.console;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All files of the console, read once. Only what is in this table is ever sent, so a path can lead nowhere else.
 *
 * <p>Everything but the pages is served below a folder named after the content of all files. Browsers may keep such a file for good,
 * and a page never mixes files of two versions of the server.
 */
public final class ConsoleFiles {

    /** The page everything begins with. */
    public static final String INDEX = "index.html";

    /** The page that makes a session of a login link. */
    public static final String LOGIN = "login.html";

    private static final String PAGE = ".html";

    /** Stands in the pages for the folder that the other files are served below. */
    private static final String BUILD = "{build}";

    private static final int BUILD_DIGITS = 16;

    private final String build;
    private final Map<String, ConsoleFile> pages;
    private final Map<String, ConsoleFile> files;

    private ConsoleFiles(SortedMap<String, byte[]> contents) {
        this.build = digest(contents).substring(0, BUILD_DIGITS);
        Map<String, ConsoleFile> withNames = new HashMap<>();
        Map<String, ConsoleFile> asTheyAre = new HashMap<>();
        contents.forEach((name, bytes) -> {
            if (name.endsWith(PAGE)) {
                String page = new String(bytes, StandardCharsets.UTF_8).replace(BUILD, build);
                withNames.put(name, ConsoleFile.of(name, page.getBytes(StandardCharsets.UTF_8), build));
            } else {
                asTheyAre.put(name, ConsoleFile.of(name, bytes, digest(Map.of(name, bytes))));
            }
        });
        this.pages = Map.copyOf(withNames);
        this.files = Map.copyOf(asTheyAre);
    }

    /**
     * Reads the files of this server.
     *
     * @throws IOException if they cannot be read
     */
    public static ConsoleFiles load() throws IOException {
        URL page = ConsoleFiles.class.getResource("/console/" + INDEX);
        if (page == null) {
            throw new IOException("the console is not part of this server: console/" + INDEX + " is missing");
        }
        try {
            URI uri = page.toURI();
            if (uri.getScheme().equals("jar")) {
                try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                    return read(jar.getPath("/console"));
                }
            }
            return read(Path.of(uri).resolveSibling(""));
        } catch (URISyntaxException e) {
            throw new IOException("the console is at no proper place: " + page, e);
        }
    }

    private static ConsoleFiles read(Path folder) throws IOException {
        List<Path> found;
        try (Stream<Path> walk = Files.walk(folder)) {
            found = walk.filter(Files::isRegularFile).toList();
        }
        SortedMap<String, byte[]> contents = new TreeMap<>();
        for (Path file : found) {
            contents.put(folder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
        }
        return new ConsoleFiles(contents);
    }

    /** {@return the folder that all files but the pages are served below} */
    public String build() {
        return build;
    }

    /** {@return a page: {@link #INDEX} or {@link #LOGIN}} */
    public ConsoleFile page(String name) {
        return Objects.requireNonNull(pages.get(name), name);
    }

    /** {@return a file by its path, such as {@code base/api.js}} */
    public Optional<ConsoleFile> find(String path) {
        return Optional.ofNullable(files.get(path));
    }

    private static String digest(Map<String, byte[]> contents) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            contents.forEach((name, bytes) -> {
                digest.update((name + " " + bytes.length + "\n").getBytes(StandardCharsets.UTF_8));
                digest.update(bytes);
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
