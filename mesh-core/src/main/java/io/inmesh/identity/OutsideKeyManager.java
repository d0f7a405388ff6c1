package io.inmesh.identity;

import io.inmesh.config.TlsCredentials;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Presents one certificate, or none at all, whichever authorities the server says it knows. */
final class OutsideKeyManager extends X509ExtendedKeyManager {

    private static final String ALIAS = "outside";

    private final TlsCredentials credentials;

    OutsideKeyManager(TlsCredentials credentials) {
        this.credentials = credentials;
    }

    private @Nullable String choose(String @Nullable ... keyTypes) {
        if (credentials.chain().isEmpty() || keyTypes == null) {
            return null;
        }
        String algorithm = credentials.chain().get(0).getPublicKey().getAlgorithm();
        for (String keyType : keyTypes) {
            if (EpochKeyManager.fits(keyType, algorithm)) {
                return ALIAS;
            }
        }
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return choose(keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = choose(keyType);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return credentials.chain().isEmpty() ? null : credentials.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return credentials.key();
    }
}
