package io.inmesh.identity;

/** How well the certificate of this process is. */
public enum IdentityHealth {
    /** It is valid for a good while. */
    SOUND,
    /** It should have been renewed long ago and ends soon; see {@link CertificateLife#DEGRADED_SHARE}. */
    DEGRADED,
    /** It has ended: nobody believes it any more, and no new connection is made with it. */
    EXPIRED
}
