package io.inmesh.inbound;

import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.call.StatusCodes;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;

/**
 * Refuses who did not prove an identity where the mode is strict.
 *
 * <p>A strict listener refuses in the handshake already; this catches connections made before the mode or the trust changed, and
 * listeners that are set up otherwise. Source: Istio {@code PeerAuthentication}.
 */
final class RequirePeerIdentity implements Stage<InboundWork> {

    private static final Verdict<InboundWork> PASS = Verdict.admit();
    private static final int GRPC_UNAUTHENTICATED = 16;
    private static final int HTTP_MISDIRECTED = 421;

    @Override
    public Verdict<InboundWork> admit(InboundWork work) {
        InboundCall call = work.call();
        String refusal = call.peerRefusal();
        if (refusal != null) {
            return notBelieved(call, refusal);
        }
        if (work.policy().mtls(call.localPort()) != Mtls.STRICT) {
            return PASS;
        }
        if (call.secure() && call.peer() != null) {
            return PASS;
        }
        String what = call.secure()
                ? "the connection is TLS but the peer proved no SPIFFE identity"
                : "the connection is plaintext";
        String origin =
                work.policy().origin().isEmpty() ? "" : " by " + work.policy().origin();
        return Verdict.reject(new Outcome.Rejection(
                Reason.NO_PEER_IDENTITY,
                403,
                GRPC_UNAUTHENTICATED,
                "mutual TLS is STRICT" + origin + ", but " + what + " (from " + call.peerAddress() + ")"));
    }

    /**
     * In any mode: whoever showed a certificate that does not count is not taken for somebody who showed none. It is the connection that is
     * refused: a caller that has another certificate by now may send the request again on another one, whatever the method (RFC 9110,
     * 15.5.20), and one that has not is refused in the handshake.
     */
    private static Verdict<InboundWork> notBelieved(InboundCall call, String refusal) {
        return Verdict.reject(new Outcome.Rejection(
                Reason.NO_PEER_IDENTITY,
                HTTP_MISDIRECTED,
                StatusCodes.GRPC_UNAVAILABLE,
                "the certificate this connection began with does not count any more: " + refusal + " (from "
                        + call.peerAddress() + ")"));
    }
}
