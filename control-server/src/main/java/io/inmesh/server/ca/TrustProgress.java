package io.inmesh.server.ca;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How far a step of a rotation has come: what the processes connected here have taken over, and what other servers tell of theirs. A
 * process counts where it is connected, so nobody is taken for there who is on the way from one server to another. Safe for use by several
 * threads.
 */
final class TrustProgress {
    /** After a start, here or elsewhere, and after the end of a server, processes get that long to connect again. */
    static final Duration SETTLING = Duration.ofMinutes(1);

    /**
     * For that long nobody may be missing where there are other servers: a bit more than a server can be silent and still count, so each
     * has told who has come to it since.
     */
    static final Duration HEARD = Duration.ofSeconds(12);

    private final CertificateAuthority authority;
    private final Supplier<List<ProcessTrust>> processes;
    private final Supplier<String> bundleVersion;
    private final TrustReport.Source others;
    private final InstantSource clock;

    private final Object lock = new Object();
    private Instant settled;
    private Set<String> present = Set.of();
    private @Nullable Instant nobodyMissingSince;
    private long nobodyMissingAt;

    /**
     * Of a server that has just been started.
     *
     * @param processes every process that is connected here or expected back
     * @param bundleVersion version of the trust bundle as it is pushed now
     * @param others the other servers
     */
    TrustProgress(
            CertificateAuthority authority,
            Supplier<List<ProcessTrust>> processes,
            Supplier<String> bundleVersion,
            TrustReport.Source others,
            InstantSource clock) {
        this.authority = authority;
        this.processes = processes;
        this.bundleVersion = bundleVersion;
        this.others = others;
        this.clock = clock;
        Instant now = clock.instant();
        // Of an authority that is new nobody has a certificate yet, so there is nobody to wait for.
        this.settled = authority.isNew() ? now : now.plus(SETTLING);
    }

    /** {@return what other servers are to know; to be asked every few seconds} */
    TrustReport report() {
        // Read before the roots: what is told must not be about fewer changes than it says.
        long generation = authority.generation();
        RootSet roots = authority.rootSet();
        missing(generation);
        if (roots.all().stream().allMatch(root -> root.state() == RootState.ACTIVE || root.state() == RootState.GONE)) {
            return new TrustReport(generation, unsettled(), Map.of());
        }
        List<String> waiting = new ArrayList<>(unsettled());
        waiting.addAll(unacknowledgedHere());
        Map<String, List<String>> below = new TreeMap<>();
        for (Root root : roots.bundle()) {
            List<String> dependents = root.state() == RootState.ACTIVE ? List.of() : dependentHere(root, roots);
            if (!dependents.isEmpty()) {
                below.put(root.id(), TrustReport.first(dependents));
            }
        }
        return new TrustReport(generation, TrustReport.first(waiting), below);
    }

    /** {@return who has not taken over the trust bundle as it is now, one text for each} */
    List<String> unacknowledged() {
        synchronized (lock) {
            List<String> missing = missing(authority.generation());
            if (missing.isEmpty() && !present.isEmpty()) {
                Instant since = nobodyMissingSince;
                Instant until = (since == null ? clock.instant() : since).plus(HEARD);
                if (clock.instant().isBefore(until)) {
                    return List.of(
                            "the other control servers have until " + until + " to say that somebody is missing");
                }
            }
            return missing;
        }
    }

    /** {@return who could not prove himself without a root, or does not trust what would be left} */
    List<String> dependent(Root root) {
        List<String> missing = new ArrayList<>(unacknowledged());
        missing.addAll(dependentHere(root, authority.rootSet()));
        for (TrustReport.Other other : others.others()) {
            TrustReport report = other.report();
            if (report != null) {
                report.below().getOrDefault(root.id(), List.of()).forEach(one -> missing.add(at(one, other)));
            }
        }
        return missing;
    }

    /** Who is missing here and elsewhere; notes since when nobody is. */
    private List<String> missing(long generation) {
        synchronized (lock) {
            List<TrustReport.Other> now = others.others();
            Set<String> ids = new HashSet<>();
            now.forEach(other -> ids.add(other.id()));
            if (!ids.containsAll(present)) {
                settled = clock.instant().plus(SETTLING);
            }
            present = Set.copyOf(ids);
            List<String> missing = new ArrayList<>(unsettled());
            missing.addAll(others.unheard());
            missing.addAll(unacknowledgedHere());
            now.forEach(other -> missing.addAll(unacknowledged(other, generation)));
            if (!missing.isEmpty()) {
                nobodyMissingSince = null;
            } else if (nobodyMissingSince == null || nobodyMissingAt != generation) {
                nobodyMissingSince = clock.instant();
                nobodyMissingAt = generation;
            }
            return missing;
        }
    }

    private static List<String> unacknowledged(TrustReport.Other other, long generation) {
        TrustReport report = other.report();
        if (report == null) {
            return List.of("control server " + other.name()
                    + " is of a version that does not tell how its processes stand; upgrade it");
        }
        if (report.generation() != generation) {
            return List.of("control server " + other.name() + " has not said yet how its processes stand to this step");
        }
        return report.unacknowledged().stream().map(one -> at(one, other)).toList();
    }

    private static String at(String one, TrustReport.Other other) {
        return one + " (at control server " + other.name() + ")";
    }

    private List<String> unacknowledgedHere() {
        String version = bundleVersion.get();
        List<String> missing = new ArrayList<>();
        for (ProcessTrust process : processes.get()) {
            if (!process.connected()) {
                missing.add(process.name() + " is registered but not connected");
            } else if (!process.takesBundle()) {
                missing.add(
                        process.name() + " takes its roots from files, so it cannot be seen whether it has this one");
            } else if (!process.bundle().filter(version::equals).isPresent()) {
                missing.add(process.name() + " has not acknowledged the trust bundle");
            }
        }
        return missing;
    }

    private List<String> dependentHere(Root root, RootSet roots) {
        List<String> missing = new ArrayList<>();
        // There are few intermediates and many leaves, and a signature takes a while to verify.
        Map<List<X509Certificate>, Boolean> known = new HashMap<>();
        for (ProcessTrust process : processes.get()) {
            if (!process.connected() || process.chain().isEmpty()) {
                continue;
            }
            X509Certificate leaf = process.chain().get(0);
            List<X509Certificate> above =
                    process.chain().subList(1, process.chain().size());
            boolean other = leadsElsewhere(root, roots, List.of(leaf))
                    || known.computeIfAbsent(above, chain -> leadsElsewhere(root, roots, chain));
            if (!other) {
                missing.add(process.name() + " runs a certificate below it until "
                        + leaf.getNotAfter().toInstant() + " or until it renews");
            }
        }
        return missing;
    }

    private static boolean leadsElsewhere(Root root, RootSet roots, List<X509Certificate> chain) {
        return roots.above(chain).stream().anyMatch(above -> !above.id().equals(root.id()));
    }

    private List<String> unsettled() {
        synchronized (lock) {
            return clock.instant().isBefore(settled)
                    ? List.of("a control server has started or ended only just now; processes have until " + settled
                            + " to connect again")
                    : List.of();
        }
    }
}
