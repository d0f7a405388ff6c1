package io.inmesh.server.ca;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The authority's texts as they were while there was one root only: {@code root.crt}, {@code root.key}, {@code intermediate.crt} and
 * {@code intermediate.key}, side by side. An authority that is found like this goes on with the same root, or a whole mesh would have to join
 * anew.
 */
final class EarlierLayout {
    /** A text that is there if and only if the rest is. */
    static final String MARK = "root.crt";

    private final AuthorityTexts texts;

    EarlierLayout(AuthorityTexts texts) {
        this.texts = texts;
    }

    /** {@return what there is, empty if the texts were never like this} */
    Optional<SigningMaterial> read() throws IOException {
        List<X509Certificate> root = texts.certificates(MARK);
        if (root.isEmpty()) {
            return Optional.empty();
        }
        List<X509Certificate> chain = texts.certificates("intermediate.crt");
        @Nullable PrivateKey key = texts.key("intermediate.key").orElse(null);
        Signer signer = chain.isEmpty() || key == null ? null : new Signer(chain, key);
        return Optional.of(
                new SigningMaterial(root.get(0), texts.key("root.key").orElse(null), signer));
    }

    /** Removes the texts, once what they held is elsewhere: keys must not lie about twice. */
    void remove() {
        for (String name : List.of("root.key", "intermediate.key", MARK, "intermediate.crt")) {
            texts.remove(name);
        }
    }
}
