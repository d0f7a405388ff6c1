package io.inmesh.identity;

import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The roots that may vouch for peers, by trust domain. A peer is checked against the roots of its own trust domain only, never
 * against a union; a domain without roots is trusted by nobody.
 *
 * <p>Source: SPIFFE Trust Domain and Bundle, section 4.
 *
 * @param roots root certificates by trust domain in lower case
 * @param denied who is refused although a root vouches for them
 */
public record TrustBundle(Map<String, Set<X509Certificate>> roots, DenyList denied) {

    /** Trusts nobody. */
    public static final TrustBundle EMPTY = new TrustBundle(Map.of());

    /** Copies the map and its sets. */
    public TrustBundle {
        roots = roots.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> Set.copyOf(entry.getValue())));
    }

    /** A bundle that denies nobody whom its roots vouch for. */
    public TrustBundle(Map<String, Set<X509Certificate>> roots) {
        this(roots, DenyList.NONE);
    }

    /** {@return a bundle of one trust domain} */
    public static TrustBundle of(String trustDomain, Set<X509Certificate> roots) {
        return new TrustBundle(Map.of(trustDomain, roots));
    }

    /** {@return the roots of a trust domain, empty if it is not trusted} */
    public Set<X509Certificate> rootsOf(String trustDomain) {
        return roots.getOrDefault(trustDomain, Set.of());
    }

    /** {@return the same roots with another deny list} */
    public TrustBundle withDenied(DenyList other) {
        return new TrustBundle(roots, other);
    }

    /** {@return trust domains, how many roots each has, and how much is denied} */
    @Override
    public String toString() {
        return "TrustBundle"
                + roots.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue().size())
                        .sorted()
                        .toList()
                + (denied.isEmpty() ? "" : " without " + denied);
    }
}
