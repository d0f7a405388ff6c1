package io.inmesh.server.access;

import io.inmesh.server.ca.AuditLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the audit log who was let in, who was not, and what an administrator did. What anybody can cause without credentials, such as a
 * refusal, is told a limited number of times a minute; the rest is counted and told as a number, so that a flood neither fills the disk
 * nor pushes out what was written before.
 */
public final class AccessAudit {

    /** Refusals told in full each minute. */
    static final int REFUSALS_A_MINUTE = 60;

    private static final Logger LOG = LoggerFactory.getLogger(AccessAudit.class);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int LONGEST = 300;

    private final AuditLog log;
    private final InstantSource clock;
    private Instant minute;
    private int told;
    private long leftOut;

    AccessAudit(AuditLog log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
        this.minute = clock.instant();
    }

    /**
     * Tells what somebody did.
     *
     * @throws IllegalStateException if it cannot be written; then it must not be done
     */
    public void did(String event, Principal principal, String address, Map<String, String> facts) {
        log.append(event, principal.id(), facts(principal, address, facts));
    }

    /** Tells that something was refused, unless too much was refused this minute already. Never fails. */
    public void refused(String event, Principal principal, String address, Map<String, String> facts) {
        long before;
        synchronized (this) {
            Instant now = clock.instant();
            if (Duration.between(minute, now).compareTo(MINUTE) >= 0) {
                minute = now;
                told = 0;
            }
            if (told >= REFUSALS_A_MINUTE) {
                leftOut++;
                return;
            }
            told++;
            before = leftOut;
            leftOut = 0;
        }
        Map<String, String> all = facts(principal, address, facts);
        if (before > 0) {
            all.put("leftOutBefore", Long.toString(before));
        }
        log.submit(event, principal.id(), all).whenComplete((entry, failure) -> {
            if (failure != null) {
                LOG.warn("the audit log could not take \"{}\" of {}: {}", event, address, failure.getMessage());
            }
        });
    }

    private static Map<String, String> facts(Principal principal, String address, Map<String, String> facts) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("proof", principal.proof());
        all.put("address", address);
        facts.forEach((name, value) -> all.put(name, value.length() > LONGEST ? value.substring(0, LONGEST) : value));
        return all;
    }
}
