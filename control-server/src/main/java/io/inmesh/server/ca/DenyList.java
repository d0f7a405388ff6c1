package io.inmesh.server.ca;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.server.store.FollowedTables;
import io.inmesh.server.time.Timer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates and identities that are refused although they would be valid: the switch that ends a stolen key before its certificate
 * does. Kept in the store, where all servers find it: a denial counts on each as soon as that hears of it, and while the store is away
 * the last list known holds. Every change is in the audit log. Safe for use by several threads.
 */
public final class DenyList {
    /** More is a sign that the intermediate has to be replaced; every process holds the whole list. */
    static final int MAX_ENTRIES = 10_000;

    /** Where it is kept; to be followed. */
    public static final String TABLE = "denied";

    private static final Logger LOG = LoggerFactory.getLogger(DenyList.class);
    private static final int MAX_REASON = 256;
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FollowedTables table;
    private final AuditLog audit;
    private final InstantSource clock;
    private final Timer timer;
    private final String ownIdentity;
    private final Supplier<BigInteger> ownSerial;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private Timer.@Nullable Cancellable expiry;
    private volatile Denied current = Denied.NOBODY;

    /**
     * Who is denied at one moment.
     *
     * @param serials serial numbers of certificates of the mesh's own authority
     * @param identities SPIFFE ids
     */
    public record Denied(Set<BigInteger> serials, Set<String> identities) {
        /** Denies nobody. */
        public static final Denied NOBODY = new Denied(Set.of(), Set.of());

        /** Copies the sets; their order is that of numbers and of the alphabet. */
        public Denied {
            serials = Set.copyOf(serials);
            identities = Set.copyOf(identities);
        }

        /** {@return whether nobody is denied} */
        public boolean isEmpty() {
            return serials.isEmpty() && identities.isEmpty();
        }

        /** {@return why a caller is refused, null if it is not} */
        @Nullable
        String refusal(String identity, BigInteger serial) {
            if (identities.contains(identity)) {
                return "its identity is on the deny list";
            }
            return serials.contains(serial) ? "its serial " + serial.toString(16) + " is on the deny list" : null;
        }
    }

    /**
     * Opens the list.
     *
     * @param table where it is kept, in {@link #TABLE}
     * @param trustDomain the server's own, whose control server can never be denied
     * @param ownSerial serial of the certificate the server uses at present, which cannot be denied either: nobody would hear of the
     *     next change
     */
    public DenyList(
            FollowedTables table,
            String trustDomain,
            Supplier<BigInteger> ownSerial,
            AuditLog audit,
            InstantSource clock,
            Timer timer) {
        this.table = table;
        this.audit = audit;
        this.clock = clock;
        this.timer = timer;
        this.ownIdentity =
                new WorkloadIdentity(trustDomain, ServerCertificate.NAMESPACE, ServerCertificate.SERVICE_ACCOUNT).uri();
        this.ownSerial = ownSerial;
        table.onChange(TABLE, this::reload);
        reload();
    }

    /** {@return who is denied now} */
    public Denied current() {
        return current;
    }

    /** Calls {@code listener} after every change of {@link #current}. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** {@return all entries, the newest first} */
    public List<Denial> entries() {
        Instant now = clock.instant();
        return table.scan(TABLE).values().stream()
                .map(DenyList::read)
                .flatMap(Optional::stream)
                .filter(denial -> !denial.over(now))
                .sorted(Comparator.comparingLong(Denial::createdEpochSecond)
                        .reversed()
                        .thenComparing(Denial::subject))
                .toList();
    }

    /**
     * Denies a certificate or an identity; it is on disk, and refused here, when this returns.
     *
     * @param what a serial number in hexadecimal digits, or a SPIFFE id
     * @param until from when it is allowed again; null is never
     * @return the entry
     * @throws IllegalArgumentException if it is neither, if it is this server itself, if {@code until} has passed, or if the list is
     *     full; the message says what to do
     */
    public synchronized Denial deny(String what, String reason, @Nullable Instant until, String createdBy) {
        String subject = DeniedSubject.parse(what);
        Instant now = clock.instant();
        if (subject.equals(ownIdentity) || subject.equals(ownSerial.get().toString(16))) {
            throw new IllegalArgumentException(subject
                    + " is this control server itself; without it nobody would learn whom to refuse."
                    + " Move its data to a new server with a new key instead");
        }
        if (until != null && !until.isAfter(now)) {
            throw new IllegalArgumentException("until " + until + " has passed");
        }
        if (reason.length() > MAX_REASON) {
            throw new IllegalArgumentException("the reason is longer than " + MAX_REASON + " characters");
        }
        removeOver(now);
        if (table.scan(TABLE).size() >= MAX_ENTRIES) {
            throw new IllegalArgumentException("the deny list holds " + MAX_ENTRIES
                    + " entries, which is all it can; replace the authority's intermediate instead");
        }
        Denial denial = new Denial(
                subject, reason, createdBy, now.getEpochSecond(), until == null ? 0 : until.getEpochSecond());
        table.put(TABLE, key(subject), write(denial));
        audit.append(
                "denied",
                createdBy,
                Map.of("subject", subject, "reason", reason, "until", until == null ? "" : until.toString()));
        reload();
        return denial;
    }

    /**
     * Allows again what was denied.
     *
     * @return whether it was denied
     * @throws IllegalArgumentException if it is neither a serial number nor a SPIFFE id
     */
    public synchronized boolean allow(String what, String by) {
        String subject = DeniedSubject.parse(what);
        boolean removed = table.delete(TABLE, key(subject));
        if (removed) {
            audit.append("allowed", by, Map.of("subject", subject));
            reload();
        }
        return removed;
    }

    private void removeOver(Instant now) {
        table.scan(TABLE).forEach((key, bytes) -> {
            if (read(bytes).map(denial -> denial.over(now)).orElse(false)) {
                table.delete(TABLE, key);
            }
        });
    }

    private synchronized void reload() {
        Instant now = clock.instant();
        Set<BigInteger> serials = new TreeSet<>();
        Set<String> identities = new TreeSet<>();
        long next = Long.MAX_VALUE;
        for (byte[] bytes : table.scan(TABLE).values()) {
            Denial denial = read(bytes).orElse(null);
            if (denial == null || denial.over(now)) {
                continue;
            }
            if (denial.identity()) {
                identities.add(denial.subject());
            } else {
                serials.add(new BigInteger(denial.subject(), 16));
            }
            next = denial.untilEpochSecond() == 0 ? next : Math.min(next, denial.untilEpochSecond());
        }
        reloadAt(next, now);
        Denied denied = new Denied(serials, identities);
        if (!denied.equals(current)) {
            current = denied;
            listeners.forEach(Runnable::run);
        }
    }

    /** The wall clock may be set meanwhile, so a long wait is done in parts. */
    private void reloadAt(long epochSecond, Instant now) {
        if (expiry != null) {
            expiry.cancel();
            expiry = null;
        }
        if (epochSecond != Long.MAX_VALUE) {
            Duration left = Duration.between(now, Instant.ofEpochSecond(epochSecond));
            expiry = timer.schedule(left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT, this::reload);
        }
    }

    /** Keys of the store are short; a SPIFFE id need not be. */
    private static String key(String subject) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(subject.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** One that cannot be read must not keep the others from being obeyed. */
    private static Optional<Denial> read(byte[] bytes) {
        try {
            return Optional.of(JSON.readValue(bytes, Denial.class));
        } catch (IOException e) {
            LOG.error("an entry of the deny list cannot be read and denies nobody; deny again what it denied", e);
            return Optional.empty();
        }
    }

    private static byte[] write(Denial denial) {
        try {
            return JSON.writeValueAsBytes(denial);
        } catch (IOException e) {
            throw new UncheckedIOException("an entry of the deny list cannot be written", e);
        }
    }
}
