package io.inmesh.identity;

import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One server context per epoch, made when the first connection of the epoch begins. The old one goes with its session cache and its
 * ticket keys, so nothing that was proved under the old roots can be resumed; invalidating cached session ids alone would
 * leave stateless tickets valid.
 */
final class EpochContexts {

    private final IdentityHolder holder;
    private volatile @Nullable Made made;

    private record Made(@Nullable IdentityEpoch epoch, SSLContext context) {}

    EpochContexts(IdentityHolder holder) {
        this.holder = holder;
    }

    /** {@return the context of the current epoch; before the first epoch one that presents nothing and trusts nobody} */
    SSLContext current() {
        IdentityEpoch epoch = holder.current();
        Made now = made;
        if (now != null && now.epoch() == epoch) {
            return now.context();
        }
        // Two threads may both make one; each is right for its epoch, and the loser's sessions are merely not resumed.
        Made fresh = new Made(epoch, make(epoch));
        made = fresh;
        return fresh.context();
    }

    private SSLContext make(@Nullable IdentityEpoch epoch) {
        return TlsContexts.inner(
                new EpochKeyManager(
                        () -> epoch, alias -> epoch != null && epoch.alias().equals(alias) ? epoch : null),
                epoch == null
                        ? new SpiffeTrustManager(() -> null, holder.clock(), new Refusals(holder.clock()))
                        : epoch.clientTrustManager());
    }
}
