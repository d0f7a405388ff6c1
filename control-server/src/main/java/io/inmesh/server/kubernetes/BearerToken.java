package io.inmesh.server.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What is shown to an API server to be let in, if anything. No text of this says the token. */
public final class BearerToken {
    /** Nothing is shown. */
    static final BearerToken NONE = new BearerToken(Optional.empty(), "");

    private final Optional<Path> file;
    private final String fixed;

    private BearerToken(Optional<Path> file, String fixed) {
        this.file = file;
        this.fixed = fixed;
    }

    /** {@return what a file says, which is read anew for each question, since Kubernetes replaces it} */
    static BearerToken in(Path file) {
        return new BearerToken(Optional.of(file), "");
    }

    /** {@return a token that stays the same} */
    static BearerToken of(String token) {
        return new BearerToken(Optional.empty(), token);
    }

    /** {@return whether a text can be shown} */
    static boolean valid(String token) {
        return !token.isEmpty() && token.chars().allMatch(letter -> letter > ' ' && letter <= '~');
    }

    /**
     * {@return the token as it is now; empty if nothing is shown}
     *
     * @throws IOException if the file cannot be read, or holds none
     */
    Optional<String> read() throws IOException {
        if (file.isEmpty()) {
            return Optional.of(fixed).filter(token -> !token.isEmpty());
        }
        String token = Files.readString(file.get()).strip();
        if (!valid(token)) {
            throw new IOException("the token file " + file.get() + " holds no token");
        }
        return Optional.of(token);
    }

    @Override
    public String toString() {
        return file.map(path -> "a token in " + path).orElse(fixed.isEmpty() ? "no token" : "a token");
    }
}
