package io.inmesh.identity;

import java.security.cert.Certificate;
import java.util.Optional;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Compares the SPIFFE id of the session's peer with the expectation. Equal for equal expectations, so pools may be keyed by it. */
record SpiffeHostnameVerifier(PeerExpectation expectation) implements HostnameVerifier {

    @Override
    public boolean verify(String hostname, SSLSession session) {
        Certificate[] chain;
        try {
            chain = session.getPeerCertificates();
        } catch (SSLPeerUnverifiedException e) {
            return false;
        }
        Optional<SpiffeId> peer = ServerTls.peerOf(chain);
        return peer.isPresent() && expectation.identities().contains(peer.get());
    }
}
