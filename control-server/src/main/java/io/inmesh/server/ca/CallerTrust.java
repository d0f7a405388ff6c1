package io.inmesh.server.ca;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;

/**
 * Which client certificates the REST interface accepts: X.509-SVIDs of the mesh, and certificates of an authority for people if there is
 * one. The two never mix: a certificate of the authority for people names a user whatever else is in it, and one with a SPIFFE id that is
 * not the mesh's is nobody's.
 */
public final class CallerTrust extends OneSidedTrust {

    private static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";

    private final X509ExtendedTrustManager mesh;
    private final List<X509Certificate> people;
    private final InstantSource clock;

    /**
     * Trusts two authorities.
     *
     * @param mesh decides about X.509-SVIDs of the mesh
     * @param people certificates of the authority for people; empty for none
     * @param clock tells what has expired
     */
    public CallerTrust(X509ExtendedTrustManager mesh, List<X509Certificate> people, InstantSource clock) {
        this.mesh = mesh;
        this.people = List.copyOf(people);
        this.clock = clock;
    }

    /** Whom a certificate names. */
    public sealed interface Named {

        /**
         * A process of the mesh.
         *
         * @param identity its SPIFFE id
         */
        record Process(WorkloadIdentity identity) implements Named {}

        /**
         * A user, as Kubernetes reads certificates: the common name is the user, each organization a group.
         *
         * @param name the common name
         * @param groups the organizations
         */
        record User(String name, Set<String> groups) implements Named {
            /** Copies the groups. */
            public User {
                groups = Set.copyOf(groups);
            }
        }
    }

    /**
     * {@return whom a presented chain names, checked anew, since certificates end while their connections go on}
     *
     * @param chain as presented, leaf first
     * @throws CertificateException if it is not trusted, or names nobody
     */
    public Named identify(List<X509Certificate> chain) throws CertificateException {
        if (chain.isEmpty()) {
            throw new CertificateException("there is no client certificate");
        }
        X509Certificate leaf = chain.get(0);
        if (ofPeople(chain)) {
            return user(leaf);
        }
        mesh.checkClientTrusted(
                chain.toArray(X509Certificate[]::new), leaf.getPublicKey().getAlgorithm());
        try {
            return new Named.Process(WorkloadIdentity.of(leaf));
        } catch (IllegalArgumentException e) {
            throw new CertificateException(e.getMessage(), e);
        }
    }

    private boolean ofPeople(List<X509Certificate> chain) {
        if (people.isEmpty()) {
            return false;
        }
        List<X509Certificate> path =
                chain.stream().filter(c -> !people.contains(c)).toList();
        try {
            PKIXParameters parameters = new PKIXParameters(
                    people.stream().map(c -> new TrustAnchor(c, null)).collect(Collectors.toSet()));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(clock.instant()));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
            return !path.isEmpty();
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static Named.User user(X509Certificate leaf) throws CertificateException {
        if (leaf.getBasicConstraints() >= 0) {
            throw new CertificateException("a signing certificate does not identify a user");
        }
        List<String> purposes = leaf.getExtendedKeyUsage();
        if (purposes == null || !purposes.contains(CLIENT_AUTHENTICATION)) {
            throw new CertificateException("the client certificate is not for client authentication");
        }
        X500Name subject = new JcaX509CertificateHolder(leaf).getSubject();
        List<String> names = texts(subject.getRDNs(BCStyle.CN));
        if (names.size() != 1 || names.get(0).isBlank()) {
            throw new CertificateException("the client certificate has no common name to be the user");
        }
        return new Named.User(names.get(0), new LinkedHashSet<>(texts(subject.getRDNs(BCStyle.O))));
    }

    private static List<String> texts(RDN[] names) {
        List<String> texts = new ArrayList<>();
        for (RDN name : names) {
            for (var part : name.getTypesAndValues()) {
                if (part.getType().equals(BCStyle.CN) || part.getType().equals(BCStyle.O)) {
                    texts.add(IETFUtils.valueToString(part.getValue()));
                }
            }
        }
        return texts;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        identify(Arrays.asList(chain));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        List<X509Certificate> issuers = new ArrayList<>(Arrays.asList(mesh.getAcceptedIssuers()));
        issuers.addAll(people);
        return issuers.toArray(X509Certificate[]::new);
    }
}
