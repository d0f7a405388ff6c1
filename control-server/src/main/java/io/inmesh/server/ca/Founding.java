package io.inmesh.server.ca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells the folder of an authority that is being founded from one that has lost its list of roots. Both hold keys and no list. The first is founded
 * anew, as nobody can have a certificate of it; the second must not be, as processes would trust nothing that another authority signs. A mark is
 * there from before the first file of an authority until after its list.
 */
final class Founding {
    /** The mark; what begins with a dot is in no backup. */
    static final String MARK = ".founding";

    /** What else there may be of an authority, above all from before there could be several roots. */
    private static final List<String> PARTS = List.of("root.key", "intermediate.crt", "intermediate.key");

    private final Path directory;

    Founding(Path directory) {
        this.directory = directory;
    }

    /** {@return whether there is an authority that has been founded, whole as far as can be seen without opening it} */
    boolean done() {
        return there(AuthorityTexts.STATE) || there(EarlierLayout.MARK);
    }

    /**
     * Sees whether an authority may be founded here, if there is none.
     *
     * @throws IOException if there are parts of one that was not being founded; the message names them and says what to do
     */
    void check() throws IOException {
        if (done() || there(MARK)) {
            return;
        }
        List<String> parts = parts();
        if (!parts.isEmpty()) {
            throw new IOException("the certificate authority in " + directory + " is not whole: "
                    + directory.resolve(AuthorityTexts.STATE) + " is missing, though there is " + parts.get(0)
                    + (parts.size() > 1 ? " and " + (parts.size() - 1) + " more" : "")
                    + ". No other one is founded, since processes of this mesh would not trust it. Restore the folder from a"
                    + " backup; to found another authority on purpose, after which every process has to join again, move "
                    + directory + " away");
        }
    }

    /** Marks the folder, if nothing has been founded in it. */
    void begin() throws IOException {
        if (!there(AuthorityTexts.STATE)) {
            SecretFiles.write(directory.resolve(MARK), "an authority is being founded here\n");
        }
    }

    /** Takes the mark away, if the authority is there: from now on its list must not be missing. */
    void end() throws IOException {
        if (there(AuthorityTexts.STATE)) {
            Files.deleteIfExists(directory.resolve(MARK));
        }
    }

    private boolean there(String name) {
        return Files.exists(directory.resolve(name));
    }

    private List<String> parts() throws IOException {
        Path roots = directory.resolve("roots");
        try (Stream<Path> below = Files.isDirectory(roots) ? Files.walk(roots) : Stream.empty()) {
            return Stream.concat(PARTS.stream().map(directory::resolve), below)
                    .filter(Files::isRegularFile)
                    .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
    }
}
