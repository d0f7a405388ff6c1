package io.inmesh.server.rule;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Host names in rules: short names, wildcards, and which of several is the most specific. */
public final class HostName {
    /** Exact names first, then wildcards from the longest to the shortest, ties by text. */
    public static final Comparator<String> MOST_SPECIFIC_FIRST = Comparator.comparing(HostName::wildcard)
            .thenComparing(Comparator.comparingInt(String::length).reversed())
            .thenComparing(Comparator.naturalOrder());

    private HostName() {}

    /**
     * The full name a rule means by {@code host}. A name without a dot is short and belongs to the <em>rule's own</em> namespace,
     * never to the caller's; every other name is taken as it is, without a trailing dot and in lower case.
     */
    public static String resolve(String host, String ruleNamespace, String clusterDomain) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        if (name.isEmpty() || name.indexOf('.') >= 0 || name.indexOf('*') >= 0) {
            return name;
        }
        return name + "." + ruleNamespace + ".svc." + clusterDomain;
    }

    /** Whether {@code host} begins with a star. */
    public static boolean wildcard(String host) {
        return host.startsWith("*");
    }

    /** Whether {@code pattern} (exact, {@code *} or {@code *.suffix}) covers the exact name {@code host}. */
    public static boolean matches(String pattern, String host) {
        return wildcard(pattern) ? host.endsWith(pattern.substring(1)) : pattern.equals(host);
    }

    /** The most specific of {@code patterns} that covers {@code host}. */
    public static Optional<String> mostSpecific(Collection<String> patterns, String host) {
        return patterns.stream().filter(p -> matches(p, host)).min(MOST_SPECIFIC_FIRST);
    }
}
