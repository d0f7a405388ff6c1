package io.inmesh.server.ca;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The roots that somebody trusts.
 *
 * @param own those for every trust domain that has none of its own
 * @param byDomain those of single trust domains; each domain is judged by its own roots only
 */
public record TrustedRoots(List<X509Certificate> own, Map<String, List<X509Certificate>> byDomain) {

    /** Copies both. */
    public TrustedRoots {
        own = List.copyOf(own);
        byDomain = Map.copyOf(byDomain);
    }

    /** Roots for every trust domain, as a file has them. */
    public static TrustedRoots of(List<X509Certificate> roots) {
        return new TrustedRoots(roots, Map.of());
    }

    /** {@return all of them, each once} */
    public List<X509Certificate> all() {
        return Stream.concat(own.stream(), byDomain.values().stream().flatMap(List::stream))
                .distinct()
                .toList();
    }

    /** {@return those that may vouch for identities of a trust domain} */
    public List<X509Certificate> of(String trustDomain) {
        return byDomain.isEmpty() ? own : Objects.requireNonNullElse(byDomain.get(trustDomain), List.of());
    }
}
