package io.inmesh.identity;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Presents the identity of this process. The alias names the epoch, for two reasons: key and chain of one handshake are of one epoch
 * even when it changes in between, and providers that cache keys by alias notice the change.
 */
final class EpochKeyManager extends X509ExtendedKeyManager {

    private final Supplier<@Nullable IdentityEpoch> current;
    private final Function<String, @Nullable IdentityEpoch> byAlias;

    /**
     * Makes a key manager.
     *
     * @param current the epoch of new handshakes, null while there is none
     * @param byAlias finds the epoch of a handshake that has begun
     */
    EpochKeyManager(Supplier<@Nullable IdentityEpoch> current, Function<String, @Nullable IdentityEpoch> byAlias) {
        this.current = current;
        this.byAlias = byAlias;
    }

    private @Nullable String choose(String @Nullable [] keyTypes) {
        IdentityEpoch epoch = current.get();
        if (epoch == null || keyTypes == null) {
            return null;
        }
        for (String keyType : keyTypes) {
            if (fits(keyType, epoch.identity().leaf().getPublicKey().getAlgorithm())) {
                return epoch.alias();
            }
        }
        return null;
    }

    /** {@return whether a key type asked for is that of a key; providers write them differently: EC, EC_EC, RSASSA-PSS, EdDSA} */
    static boolean fits(String keyType, String algorithm) {
        return keyType.startsWith(algorithm) || (algorithm.startsWith("Ed") && keyType.startsWith("Ed"));
    }

    private static String[] one(String keyType) {
        return new String[] {keyType};
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
        return choose(one(keyType));
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return choose(one(keyType));
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = choose(one(keyType));
        return alias == null ? null : one(alias);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return getClientAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        IdentityEpoch epoch = byAlias.apply(alias);
        return epoch == null ? null : epoch.identity().chain().toArray(new X509Certificate[0]);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        IdentityEpoch epoch = byAlias.apply(alias);
        return epoch == null ? null : epoch.identity().key();
    }
}
