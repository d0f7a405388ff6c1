package io.inmesh.server.jwks;

import io.inmesh.server.fetch.BoundedHttp;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where the settings say that an issuer's keys are. An operator who can write settings may name any address, so unlike one that stands in a
 * resource it is not judged.
 */
@FunctionalInterface
public interface KeyPlace {

    /**
     * {@return a JWK set as JSON}
     *
     * @throws IOException if it cannot be had; the message says why
     */
    String read() throws IOException;

    /**
     * {@return a URL, asked without following redirects, within 5 s}
     *
     * @param tls whom to trust; null is the machine's own roots
     */
    static KeyPlace url(URI url, @Nullable SSLContext tls) {
        BoundedHttp http = new BoundedHttp(tls);
        return () -> http.get(url);
    }

    /** {@return a file, read anew each time} */
    static KeyPlace file(Path file) {
        return () -> {
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(PublicKeys.LONGEST + 1);
                return new String(bytes, StandardCharsets.UTF_8);
            }
        };
    }

    /**
     * Reads it once, to find out at start what is wrong with it.
     *
     * @throws IOException if it holds no key that tokens can be verified with; the message says why
     */
    default void check() throws IOException {
        PublicKeys.verifying(read());
    }
}
