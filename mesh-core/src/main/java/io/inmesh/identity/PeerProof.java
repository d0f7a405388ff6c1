package io.inmesh.identity;

import org.jspecify.annotations.Nullable;

/**
 * What the peer of a connection that is already there has proved, judged by the trust of now.
 *
 * @param id who it is; null if its certificate is not an X.509-SVID, which only TLS that is not the mesh's lets in
 * @param refusal why its proof does not count any more, for the log and never for the peer; null if it counts
 * @param judgedBy the epoch it was judged by; null if there was none, and then whatever did the handshake is believed
 * @param recallNanos monotonic time from which the peer is asked to connect again; {@link Long#MAX_VALUE} if it is not
 */
public record PeerProof(
        @Nullable SpiffeId id,
        @Nullable String refusal,
        @Nullable IdentityEpoch judgedBy,
        long recallNanos) {

    /** Nothing was presented. */
    public static final PeerProof NONE = new PeerProof(null, null, null, Long.MAX_VALUE);

    /**
     * {@return whether the connection is to take no further requests: its proof does not count any more, or it began under an epoch that
     * has been replaced for a while}
     *
     * @param nowNanos monotonic time on the holder's clock
     */
    public boolean ends(long nowNanos) {
        return refusal != null || (recallNanos != Long.MAX_VALUE && nowNanos - recallNanos >= 0);
    }
}
