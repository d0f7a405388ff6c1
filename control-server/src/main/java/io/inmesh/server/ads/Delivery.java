package io.inmesh.server.ads;

import io.inmesh.xds.rpc.Status;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of the responses of one type on one stream: at most one is on its way. Not safe for use by several threads. */
final class Delivery {
    private static final int MAX_NAMES = 20;
    private static final int MAX_MESSAGE = 2000;

    private @Nullable String lastNonce;
    private boolean outstanding;
    private String sentVersion = "";
    private String acknowledgedVersion = "";
    private List<String> sentNames = List.of();
    private @Nullable String rejection;
    private List<String> rejectedNames = List.of();
    private Instant since;

    Delivery(Instant now) {
        this.since = now;
    }

    /** Whether a response is on its way that the client has neither accepted nor rejected. */
    boolean outstanding() {
        return outstanding;
    }

    /** Whether the client rejected the last response it answered. */
    boolean rejected() {
        return rejection != null;
    }

    /** Whether {@code nonce} belongs to a response that a later one has overtaken. */
    boolean overtaken(String nonce) {
        return lastNonce != null && !nonce.isEmpty() && !nonce.equals(lastNonce);
    }

    /** Notes that a response has been sent. */
    void sent(String nonce, String version, List<String> names, Instant now) {
        if (!outstanding) {
            since = now;
        }
        lastNonce = nonce;
        outstanding = true;
        sentVersion = version;
        sentNames = names.size() > MAX_NAMES ? List.copyOf(names.subList(0, MAX_NAMES)) : List.copyOf(names);
    }

    /**
     * Notes the client's answer.
     *
     * @param error why the client rejects the response; null if it accepts it
     * @return whether this answers the response on its way
     */
    boolean answered(String nonce, @Nullable Status error, Instant now) {
        if (!outstanding || !nonce.equals(lastNonce)) {
            return false;
        }
        outstanding = false;
        since = now;
        if (error == null) {
            acknowledgedVersion = sentVersion;
            rejection = null;
            rejectedNames = List.of();
        } else {
            String message = error.getMessage();
            rejection = message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) : message;
            rejectedNames = sentNames;
        }
        return true;
    }

    /** Where this type stands. */
    TypeStatus status(String typeUrl) {
        TypeStatus.State state = outstanding
                ? TypeStatus.State.STALE
                : rejection != null ? TypeStatus.State.REJECTED : TypeStatus.State.SYNCED;
        return new TypeStatus(
                typeUrl,
                state,
                sentVersion,
                acknowledgedVersion,
                rejection == null ? "" : rejection,
                rejectedNames,
                since);
    }
}
