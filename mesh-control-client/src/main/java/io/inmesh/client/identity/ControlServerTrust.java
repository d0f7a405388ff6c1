package io.inmesh.client.identity;

import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.SpiffeId;
import io.inmesh.time.Clock;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom this process believes to be its control server.
 *
 * <p>Before it has a trust bundle: a server whose chain leads to a root that is pinned, and whose leaf says that it is
 * the control server. From then on: a control server of the own trust domain, by the trust bundle. There is no third way.
 */
public final class ControlServerTrust extends X509ExtendedTrustManager {

    /** Path of the control server's SPIFFE id. */
    static final String SERVER_PATH = "/ns/inmesh-system/sa/control-server";

    private static final int MAX_CHAIN = 8;

    private final IdentityHolder holder;
    private final @Nullable RootPins roots;
    private final Clock clock;
    private final Consumer<X509Certificate[]> believed;

    /**
     * Makes a trust manager.
     *
     * @param holder where the trust bundle will be
     * @param roots the pinned roots, null if there is no token: then nobody is believed without a bundle
     * @param clock by whose wall clock certificates are valid or not
     * @param believed told the chain of every server that is believed, so that it can be judged again when the bundle changes
     */
    public ControlServerTrust(
            IdentityHolder holder, @Nullable RootPins roots, Clock clock, Consumer<X509Certificate[]> believed) {
        this.holder = holder;
        this.roots = roots;
        this.clock = clock;
        this.believed = believed;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, authType);
    }

    private void check(X509Certificate[] chain, String authType) throws CertificateException {
        IdentityEpoch epoch = holder.current();
        if (epoch != null) {
            SpiffeId server = new SpiffeId(epoch.identity().id().trustDomain(), SERVER_PATH);
            ServerTls.serverTrustManager(holder, new PeerExpectation(Set.of(server), ""))
                    .checkServerTrusted(chain, authType);
            believed.accept(chain);
            return;
        }
        if (roots == null) {
            throw new CertificateException("there is neither a trust bundle nor a token with a pinned root");
        }
        checkPinned(chain, roots);
        believed.accept(chain);
    }

    private void checkPinned(X509Certificate[] chain, RootPins pins) throws CertificateException {
        if (chain.length > MAX_CHAIN) {
            throw new CertificateException("the control server's chain has " + chain.length + " certificates");
        }
        // While one root replaces another, the chain leads to both.
        X509Certificate root = Arrays.stream(chain)
                .filter(pins::contains)
                .findFirst()
                .orElseThrow(() -> new CertificateException("the control server's chain ends in "
                        + chain[chain.length - 1].getSubjectX500Principal()
                        + ", which is not the root the join token pins, nor one in INMESH_CA_FILE;"
                        + " is this the right control server, and the token made by it?"));
        Chains.lead(List.of(chain), root, new Date(clock.epochMillis()));
        SpiffeId id = ServerTls.peerOf(chain)
                .orElseThrow(() -> new CertificateException("the control server's certificate holds no SPIFFE id"));
        if (!id.path().equals(SERVER_PATH)) {
            throw new CertificateException("the peer is " + id + ", not a control server");
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw clientsAreNotExpected();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw clientsAreNotExpected();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw clientsAreNotExpected();
    }

    private static CertificateException clientsAreNotExpected() {
        return new CertificateException("this trust manager judges control servers only");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
