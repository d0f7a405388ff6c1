package io.inmesh.server.ads;

import io.inmesh.server.translate.ClientContext;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A client that is connected now.
 *
 * @param nodeId its xDS node id
 * @param instance the instance's name
 * @param namespace its namespace
 * @param serviceAccount its service account
 * @param labels its labels
 * @param address its network address
 * @param userAgent its software and version
 * @param incremental whether it speaks the incremental protocol
 * @param connectedSince when its stream began
 * @param certificateExpiry when the certificate ends that the connection was opened with; empty without one
 * @param certificate how its certificate stands; empty without one
 * @param chain the certificates that the connection was opened with, leaf first; empty without
 * @param acknowledgedTrust version of the trust bundle it has taken over; empty if none
 * @param context which resources it is sent, and in which shape
 * @param types how it stands to each type it subscribes to, in push order
 */
public record ConnectedProcess(
        String nodeId,
        String instance,
        String namespace,
        String serviceAccount,
        Map<String, String> labels,
        String address,
        String userAgent,
        boolean incremental,
        Instant connectedSince,
        Optional<Instant> certificateExpiry,
        Optional<CertificateReport> certificate,
        List<X509Certificate> chain,
        Optional<String> acknowledgedTrust,
        ClientContext context,
        List<TypeStatus> types) {

    /** The worst of its types: rejected before stale before synced. One that has not been sent anything yet is not synced. */
    public TypeStatus.State state() {
        boolean stale = types.isEmpty();
        for (TypeStatus type : types) {
            if (type.state() == TypeStatus.State.REJECTED) {
                return TypeStatus.State.REJECTED;
            }
            stale |= type.state() == TypeStatus.State.STALE;
        }
        return stale ? TypeStatus.State.STALE : TypeStatus.State.SYNCED;
    }
}
