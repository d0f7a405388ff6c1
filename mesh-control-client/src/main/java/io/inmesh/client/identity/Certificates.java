package io.inmesh.client.identity;

import io.inmesh.identity.ServerTls;
import io.inmesh.identity.SpiffeId;
import io.inmesh.identity.TrustBundle;
import io.inmesh.identity.WorkloadIdentity;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads what a certificate authority answered: leaf first, root last (Istio's {@code IstioCertificateResponse}). */
public final class Certificates {

    private Certificates() {}

    /**
     * An identity with the root it came from.
     *
     * @param identity key, leaf and intermediates
     * @param trust the root
     */
    public record Issued(WorkloadIdentity identity, TrustBundle trust) {}

    /**
     * {@return the identity in an answer}
     *
     * @param key the private key the request was made with
     * @param pems certificates in PEM, one or more in each text
     * @throws CertificateException if the answer is not a chain of leaf to root with a SPIFFE id
     */
    public static Issued read(PrivateKey key, List<String> pems) throws CertificateException {
        List<X509Certificate> chain = parse(String.join("\n", pems));
        if (chain.size() < 2) {
            throw new CertificateException(
                    "the answer holds " + chain.size() + " certificates; a leaf and a root are needed");
        }
        X509Certificate root = chain.get(chain.size() - 1);
        List<X509Certificate> withoutRoot = chain.subList(0, chain.size() - 1);
        SpiffeId id = ServerTls.peerOf(withoutRoot.toArray(new Certificate[0]))
                .orElseThrow(() -> new CertificateException("the leaf holds no SPIFFE id"));
        return new Issued(new WorkloadIdentity(id, key, withoutRoot), TrustBundle.of(id.trustDomain(), Set.of(root)));
    }

    /** {@return all certificates of a PEM text, in order} */
    public static List<X509Certificate> parse(String pem) throws CertificateException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Certificate certificate : CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
            certificates.add((X509Certificate) certificate);
        }
        return certificates;
    }
}
