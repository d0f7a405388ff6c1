package io.inmesh.okhttp;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.PeerExpectation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * Where connections of one pool go: an endpoint, and the identity epoch and peer expectation they are secured with.
 *
 * <p>It is the {@code Dns} object of the pool's key. OkHttp compares it by identity, so two targets never share a connection,
 * and a new epoch opens new ones.
 */
final class Target implements Dns {

    private final String label;
    private final Endpoint endpoint;
    private final @Nullable PeerExpectation security;
    private final @Nullable IdentityEpoch epoch;

    Target(String label, Endpoint endpoint, @Nullable PeerExpectation security, @Nullable IdentityEpoch epoch) {
        this.label = label;
        this.endpoint = endpoint;
        this.security = security;
        this.epoch = epoch;
    }

    String label() {
        return label;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** {@return whom the peer must prove to be, null for plaintext} */
    @Nullable
    PeerExpectation security() {
        return security;
    }

    /** {@return the identity to present, null for plaintext} */
    @Nullable
    IdentityEpoch epoch() {
        return epoch;
    }

    /** {@return whether connections of this target are right for these needs} */
    boolean serves(@Nullable PeerExpectation neededSecurity, @Nullable IdentityEpoch currentEpoch) {
        if (neededSecurity == null) {
            return security == null;
        }
        return epoch == currentEpoch && neededSecurity.equals(security);
    }

    /**
     * Answers with the endpoint's addresses, whatever name is asked for, each carrying this target's label as its host name.
     */
    @Override
    public List<InetAddress> lookup(String hostname) throws UnknownHostException {
        InetAddress[] addresses = InetAddress.getAllByName(endpoint.host());
        List<InetAddress> labelled = new ArrayList<>(addresses.length);
        for (InetAddress address : addresses) {
            labelled.add(InetAddress.getByAddress(label, address.getAddress()));
        }
        return labelled;
    }

    /** {@return the real address of the endpoint for an address that {@link #lookup} answered} */
    InetSocketAddress addressOf(InetAddress labelled) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByAddress(labelled.getAddress()), endpoint.port());
    }

    @Override
    public String toString() {
        return endpoint + (security == null ? " plaintext" : " " + security.serverName());
    }
}
