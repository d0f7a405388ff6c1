package io.inmesh.server.relay;

import com.google.protobuf.Timestamp;
import io.inmesh.server.ca.AuditLog;
import io.inmesh.xds.relay.Ticket;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** All processes that can be asked something, and the record of what they were asked. Safe for use by several threads. */
public final class Relays {

    private static final int TICKET_BYTES = 8;

    private final ConcurrentMap<String, Attendee> attendees = new ConcurrentHashMap<>();
    private final AuditLog audit;
    private final InstantSource clock;
    private final SecureRandom random;

    /** Begins without processes. */
    public Relays(AuditLog audit, InstantSource clock, SecureRandom random) {
        this.audit = audit;
        this.clock = clock;
        this.random = random;
    }

    /** {@return the processes that can be asked} */
    public Collection<Attendee> all() {
        return List.copyOf(attendees.values());
    }

    void entered(Attendee attendee) {
        Attendee before = attendees.put(key(attendee), attendee);
        if (before != null) {
            before.replaced();
        }
    }

    void left(Attendee attendee) {
        attendees.remove(key(attendee), attendee);
        attendee.left();
    }

    /** Another service account of a namespace cannot take the place of a process. */
    private static String key(Attendee attendee) {
        return attendee.namespace() + "/" + attendee.serviceAccount() + "/" + attendee.instance();
    }

    /**
     * {@return a ticket for a question that whoever asks may ask; it is in the audit log before it is given out}
     *
     * @param what what is asked, such as {@code live-tap}
     * @param principal who asks
     * @param facts of whom, and what else there is to say
     */
    public Ticket ticket(String what, String principal, Map<String, String> facts) {
        byte[] name = new byte[TICKET_BYTES];
        random.nextBytes(name);
        String id = HexFormat.of().formatHex(name);
        Map<String, String> all = new HashMap<>(facts);
        all.put("ticket", id);
        audit.append(what, principal, all);
        Instant now = clock.instant();
        return Ticket.newBuilder()
                .setId(id)
                .setPrincipal(principal)
                .setIssued(
                        Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
                .build();
    }
}
