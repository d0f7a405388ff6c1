package io.inmesh.identity;

import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;

/**
 * The time a certificate is good for, as its holder sees it.
 *
 * <p>Authorities date certificates back, because clocks differ. With a short-lived one most of its validity is then over when it
 * arrives, and half of that is no time to renew at; so the life of a fresh certificate begins when it is seen first.
 *
 * @param beginsMillis wall-clock time at which it began, milliseconds since 1970 UTC
 * @param endsMillis wall-clock time at which it ends
 */
public record CertificateLife(long beginsMillis, long endsMillis) {

    /** Back-dating beyond this is not taken for such: the certificate is as old as it says, as one read from disk may be. */
    static final long MOST_BACKDATING_MILLIS = TimeUnit.MINUTES.toMillis(10);

    /** The share of its life below which a certificate that still has not been renewed is a worry. Renewal begins at one half. */
    public static final double DEGRADED_SHARE = 0.25;

    /**
     * {@return the life of a certificate}
     *
     * @param certificate a leaf
     * @param seenMillis when this process had it first, milliseconds since 1970 UTC
     */
    public static CertificateLife of(X509Certificate certificate, long seenMillis) {
        long notBefore = certificate.getNotBefore().getTime();
        long notAfter = certificate.getNotAfter().getTime();
        boolean fresh = seenMillis > notBefore && seenMillis - notBefore <= MOST_BACKDATING_MILLIS;
        return new CertificateLife(fresh ? Math.min(seenMillis, notAfter) : notBefore, notAfter);
    }

    /** {@return the moment at which a share of it is over} */
    public long millisAt(double share) {
        return beginsMillis + (long) ((endsMillis - beginsMillis) * share);
    }

    /** {@return how well it is at a moment} */
    public IdentityHealth healthAt(long nowMillis) {
        if (nowMillis >= endsMillis) {
            return IdentityHealth.EXPIRED;
        }
        return nowMillis >= millisAt(1 - DEGRADED_SHARE) ? IdentityHealth.DEGRADED : IdentityHealth.SOUND;
    }
}
