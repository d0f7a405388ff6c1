package io.inmesh.server.ca;

import io.inmesh.server.ca.Certificates.Issuer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Intermediates that have been replaced, kept while certificates of theirs can still be in use: a revocation list has to be signed by the
 * key that signed what it lists (RFC 5280, 5). They sign nothing else. Safe for use by several threads.
 *
 * <p>Each is a file of its root's folder, {@code earlier/<end>.pem}, named by the second since 1970 at which it is deleted, with the
 * content of {@code signer.pem}.
 */
final class EarlierSigners {
    /** The longest life that a certificate can have been given, whatever the settings were at the time. */
    static final Duration LONGEST_LEAF = AuthoritySettings.MAX_LEAF_VALIDITY;

    private static final Logger LOG = LoggerFactory.getLogger(EarlierSigners.class);

    private final AuthorityFiles files;
    private final Map<String, List<Earlier>> byRoot = new ConcurrentHashMap<>();

    /** One of them; its file is gone from {@code until} on. */
    private record Earlier(Signer signer, Instant until, Path file) {}

    EarlierSigners(AuthorityFiles files) {
        this.files = files;
    }

    /** Reads those of the roots there are, and deletes those that nobody needs any more. */
    void load(List<Root> roots, Instant now) throws IOException {
        for (Root root : roots) {
            Path folder = files.earlier(root.id());
            if (root.state() == RootState.GONE || !Files.isDirectory(folder)) {
                continue;
            }
            List<Earlier> found = new ArrayList<>();
            try (Stream<Path> all = Files.list(folder)) {
                for (Path file :
                        all.filter(f -> f.toString().endsWith(".pem")).sorted().toList()) {
                    found.add(new Earlier(files.signer(file), end(file), file));
                }
            }
            byRoot.put(root.id(), List.copyOf(found));
        }
        forget(now);
    }

    /** Keeps one that is about to be replaced; it is on disk when this returns. */
    void keep(String rootId, Signer replaced, Instant now) throws IOException {
        Instant longest = now.plus(LONGEST_LEAF);
        Instant until = replaced.notAfter().isBefore(longest) ? replaced.notAfter() : longest;
        if (!until.isAfter(now)) {
            return;
        }
        Path file = files.storeEarlier(rootId, replaced, until);
        List<Earlier> all = new ArrayList<>(byRoot.getOrDefault(rootId, List.of()));
        all.removeIf(earlier -> earlier.file().equals(file));
        all.add(new Earlier(replaced, until, file));
        byRoot.put(rootId, List.copyOf(all));
    }

    /** {@return those of a root whose certificates can still be in use} */
    List<Issuer> of(Root root, Instant now) {
        return byRoot.getOrDefault(root.id(), List.of()).stream()
                .filter(earlier -> earlier.until().isAfter(now))
                .map(earlier -> earlier.signer().issuer())
                .toList();
    }

    /** Deletes those that nobody needs any more. To be called now and then. */
    void forget(Instant now) {
        byRoot.replaceAll((root, all) -> {
            List<Earlier> needed = new ArrayList<>();
            for (Earlier earlier : all) {
                if (earlier.until().isAfter(now) || !deleted(earlier.file())) {
                    needed.add(earlier);
                }
            }
            return needed.size() == all.size() ? all : List.copyOf(needed);
        });
    }

    /** Forgets those of a root that is gone; its files are for {@link AuthorityFiles#deleteKeys}. */
    void forget(String rootId) {
        byRoot.remove(rootId);
    }

    private static boolean deleted(Path file) {
        try {
            Files.deleteIfExists(file);
            return true;
        } catch (IOException e) {
            LOG.error("{} is not needed any more and cannot be deleted; it is tried again", file, e);
            return false;
        }
    }

    private static Instant end(Path file) throws IOException {
        String name = file.getFileName().toString();
        try {
            return Instant.ofEpochSecond(Long.parseLong(name.substring(0, name.length() - ".pem".length())));
        } catch (NumberFormatException e) {
            throw new IOException(file + " is not named by the second at which it is deleted; remove it", e);
        }
    }
}
