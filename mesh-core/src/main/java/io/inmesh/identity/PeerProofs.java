package io.inmesh.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the peers of open connections have proved. A TLS handshake asks the trust manager once; here a peer is judged again in each epoch
 * with other trust, so that a removed root or a denied identity ends on connections that were there before.
 *
 * <p>A connection presents the same certificate object for all its requests, so that object stands for the connection.
 */
final class PeerProofs {

    private static final int MAX_PEERS = 10_000;

    /** How long a connection of a replaced epoch is left alone; then its peer is asked to connect again. */
    static final long RECALL_NANOS = TimeUnit.SECONDS.toNanos(InboundConnections.GRACE_SECONDS);

    /** Over how much longer the peers are spread, so that not all of them shake hands at once. */
    static final long RECALL_SPREAD_NANOS = TimeUnit.SECONDS.toNanos(InboundConnections.SPREAD_SECONDS);

    // Values must not hold keys, or neither would ever go.
    private final Cache<X509Certificate, PeerProof> byLeaf =
            Caffeine.newBuilder().weakKeys().maximumSize(MAX_PEERS).build();

    PeerProof of(Certificate @Nullable [] chain, @Nullable IdentityEpoch now) {
        if (chain == null || chain.length == 0 || !(chain[0] instanceof X509Certificate leaf)) {
            return PeerProof.NONE;
        }
        PeerProof known = byLeaf.getIfPresent(leaf);
        if (known != null && known.judgedBy() == now) {
            return known;
        }
        PeerProof fresh = known == null ? first(chain, now) : again(chain, known, now);
        byLeaf.put(leaf, fresh);
        return fresh;
    }

    private static PeerProof first(Certificate[] chain, @Nullable IdentityEpoch now) {
        return new PeerProof(ServerTls.peerOf(chain).orElse(null), refusal(chain, now), now, Long.MAX_VALUE);
    }

    private static PeerProof again(Certificate[] chain, PeerProof before, @Nullable IdentityEpoch now) {
        IdentityEpoch judge = before.judgedBy();
        boolean sameTrust = judge != null && now != null && judge.trust().equals(now.trust());
        String refusal = sameTrust ? before.refusal() : refusal(chain, now);
        long recall = before.recallNanos();
        if (recall == Long.MAX_VALUE && judge != null && now != null) {
            recall = now.beganNanos() + RECALL_NANOS + Math.floorMod(chain[0].hashCode(), RECALL_SPREAD_NANOS);
        }
        return new PeerProof(before.id(), refusal, now, recall);
    }

    private static @Nullable String refusal(Certificate[] chain, @Nullable IdentityEpoch now) {
        if (now == null || ServerTls.peerOf(chain).isEmpty()) {
            return null;
        }
        return now.refusal(Arrays.copyOf(chain, chain.length, X509Certificate[].class));
    }
}
