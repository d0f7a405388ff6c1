package io.inmesh.server.ca;

import io.inmesh.server.ca.Certificates.Issuer;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Intermediates that have been replaced, kept while certificates of theirs can still be in use: a revocation list has to be signed by the
 * key that signed what it lists (RFC 5280, 5). They sign nothing else. Immutable.
 *
 * <p>Each is a text of its root's folder, {@code earlier/<end>.pem}, named by the second since 1970 at which it is removed, with the
 * content of {@code signer.pem}.
 */
final class EarlierSigners {
    /** The longest life that a certificate can have been given, whatever the settings were at the time. */
    static final Duration LONGEST_LEAF = AuthoritySettings.MAX_LEAF_VALIDITY;

    private final Map<String, List<Earlier>> byRoot;

    /** One of them; its text is removed from {@code until} on. */
    private record Earlier(Signer signer, Instant until, String name) {}

    private EarlierSigners(Map<String, List<Earlier>> byRoot) {
        this.byRoot = Map.copyOf(byRoot);
    }

    /** {@return those of the roots there are} */
    static EarlierSigners read(AuthorityTexts texts, List<Root> roots) throws IOException {
        Map<String, List<Earlier>> byRoot = new HashMap<>();
        for (Root root : roots) {
            if (root.state() != RootState.GONE) {
                List<Earlier> found = new ArrayList<>();
                for (String name : texts.names(AuthorityTexts.earlier(root.id()))) {
                    found.add(new Earlier(texts.signer(name), end(name), name));
                }
                byRoot.put(root.id(), List.copyOf(found));
            }
        }
        return new EarlierSigners(byRoot);
    }

    /** Keeps one that is about to be replaced, as part of the same change. */
    static void keep(AuthorityTexts texts, String rootId, Signer replaced, Instant now) throws IOException {
        Instant longest = now.plus(LONGEST_LEAF);
        Instant until = replaced.notAfter().isBefore(longest) ? replaced.notAfter() : longest;
        if (until.isAfter(now)) {
            put(texts, rootId, replaced, until);
        }
    }

    /**
     * Keeps what another authority has signed with below the same root, if it is not known.
     *
     * @param files the other's
     * @param other the root there
     */
    static void join(AuthorityTexts texts, Root root, AuthorityTexts files, Root other, Instant now)
            throws IOException {
        Set<X509Certificate> known = new HashSet<>();
        Signer current = root.signer();
        if (current != null) {
            known.add(current.certificate());
        }
        for (String name : texts.names(AuthorityTexts.earlier(root.id()))) {
            known.add(texts.signer(name).certificate());
        }
        Signer signer = other.signer();
        if (signer != null && known.add(signer.certificate())) {
            keep(texts, root.id(), signer, now);
        }
        for (String name : files.names(AuthorityTexts.earlier(root.id()))) {
            Signer earlier = files.signer(name);
            if (end(name).isAfter(now) && known.add(earlier.certificate())) {
                put(texts, root.id(), earlier, end(name));
            }
        }
    }

    /** Two that end in the same second must not take each other's place. */
    private static void put(AuthorityTexts texts, String rootId, Signer signer, Instant until) throws IOException {
        long end = until.getEpochSecond();
        while (texts.text(name(rootId, end)).isPresent()) {
            end++;
        }
        texts.store(name(rootId, end), signer);
    }

    private static String name(String rootId, long end) {
        return AuthorityTexts.earlier(rootId) + "/" + end + ".pem";
    }

    /** {@return those of a root whose certificates can still be in use} */
    List<Issuer> of(Root root, Instant now) {
        return byRoot.getOrDefault(root.id(), List.of()).stream()
                .filter(earlier -> earlier.until().isAfter(now))
                .map(earlier -> earlier.signer().issuer())
                .toList();
    }

    /** {@return names of the texts that nobody needs any more} */
    List<String> over(Instant now) {
        return byRoot.values().stream()
                .flatMap(List::stream)
                .filter(earlier -> !earlier.until().isAfter(now))
                .map(Earlier::name)
                .toList();
    }

    private static Instant end(String name) throws IOException {
        try {
            return Instant.ofEpochSecond(
                    Long.parseLong(name.substring(name.lastIndexOf('/') + 1, name.length() - ".pem".length())));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new IOException(name + " is not named by the second at which it is removed; remove it", e);
        }
    }
}
