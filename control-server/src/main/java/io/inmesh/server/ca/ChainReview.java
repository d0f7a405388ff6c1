package io.inmesh.server.ca;

import io.inmesh.server.model.Ages;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Says what is wrong with certificates, in words for people who have to mend it. It lets nobody in: what decides about connections are
 * {@link ClientTrust} here and the rules of each process there.
 *
 * @param now when it is
 */
public record ChainReview(Instant now) {
    private static final int LEFT_OF_LIFE = 4;
    private static final int LEAST_RSA_BITS = 2048;

    /**
     * {@return what is wrong with certificates by themselves, whoever looks at them}
     *
     * @param chain leaf first, then each one's issuer; or only certificates that sign others, in any order
     */
    public List<Flaw> flaws(List<X509Certificate> chain) {
        List<Flaw> flaws = new ArrayList<>();
        List<CertificateFacts> facts = chain.stream().map(CertificateFacts::of).toList();
        facts.forEach(one -> time(one, flaws));
        facts.forEach(one -> strength(one, flaws));
        if (!facts.isEmpty() && facts.get(0).role() == CertificateFacts.Role.LEAF) {
            identity(chain.get(0), flaws);
            for (int i = 1; i < chain.size(); i++) {
                if (!CertificateFacts.signed(chain.get(i - 1), chain.get(i))) {
                    flaws.add(new Flaw(
                            true,
                            "certificate " + (i + 1) + " (" + facts.get(i).subject() + ") has not signed certificate "
                                    + i + ", whose issuer is "
                                    + facts.get(i - 1).issuer(),
                            "put the leaf first, and after each certificate the one that has signed it"));
                }
            }
        } else if (facts.stream().anyMatch(one -> one.role() == CertificateFacts.Role.LEAF)) {
            flaws.add(new Flaw(
                    true,
                    "the first certificate signs others and says of nobody who it is",
                    "put the leaf first, and after each certificate the one that has signed it"));
        }
        return flaws;
    }

    /**
     * {@return why somebody refuses a chain; empty if it is let in}
     *
     * @param who whom to call the one who refuses
     * @param chain leaf first; roots in it are not trusted for being there
     * @param trust whom the other one trusts
     */
    public Optional<Flaw> refusal(String who, List<X509Certificate> chain, TrustedRoots trust) {
        if (chain.isEmpty()) {
            return Optional.of(new Flaw(
                    true,
                    "there is no certificate to show to " + who,
                    "give the process an identity, or a file with one"));
        }
        WorkloadIdentity identity;
        try {
            identity = SvidRules.check(chain.get(0));
        } catch (CertificateException e) {
            return Optional.of(notAnSvid(e));
        }
        List<X509Certificate> roots = trust.of(identity.trustDomain());
        if (roots.isEmpty()) {
            return Optional.of(new Flaw(
                    true,
                    who + " trusts no root of trust domain " + identity.trustDomain() + ", to which " + identity
                            + " belongs",
                    "federate the two domains: section federation of the control server's settings"));
        }
        List<X509Certificate> path =
                chain.stream().filter(one -> !roots.contains(one)).toList();
        return path.isEmpty()
                ? Optional.empty()
                : validated(path, roots)
                        .map(reason -> new Flaw(
                                true,
                                who + " refuses " + identity + ": " + reason,
                                "let both take the same trust bundle: meshctl ca root list says who waits for which root;"
                                        + " software with files needs a new root.pem"));
    }

    private Optional<String> validated(List<X509Certificate> path, List<X509Certificate> roots) {
        X509Certificate last = path.get(path.size() - 1);
        if (roots.stream().noneMatch(root -> path.stream().anyMatch(one -> CertificateFacts.signed(one, root)))) {
            return Optional.of("it trusts " + ids(roots) + ", and none of them has signed "
                    + (path.size() == 1 ? "the certificate" : "any of the " + path.size() + " certificates")
                    + "; they lead to " + last.getIssuerX500Principal().getName());
        }
        try {
            PKIXParameters parameters = new PKIXParameters(
                    roots.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet()));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
            return Optional.empty();
        } catch (CertPathValidatorException e) {
            int index = e.getIndex();
            return Optional.of((index < 0 ? "" : "certificate " + (index + 1) + ": ") + e.getMessage());
        } catch (GeneralSecurityException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void time(CertificateFacts one, List<Flaw> flaws) {
        String renewal = one.role() == CertificateFacts.Role.LEAF
                ? "have it renewed: processes of the mesh do so by themselves, and meshctl status says why one cannot;"
                        + " files come from meshctl cert issue"
                : "replace it: meshctl ca root list, add and activate, or your own authority";
        if (now.isBefore(one.notBefore())) {
            flaws.add(new Flaw(
                    true,
                    one.subject() + " is not valid before " + one.notBefore() + ", in "
                            + Ages.text(Duration.between(now, one.notBefore())),
                    "set the clocks of this machine and of the one that issued it"));
        } else if (!now.isBefore(one.notAfter())) {
            flaws.add(new Flaw(
                    true,
                    one.subject() + " has ended at " + one.notAfter() + ", "
                            + Ages.text(Duration.between(one.notAfter(), now)) + " ago",
                    renewal));
        } else {
            Duration left = Duration.between(now, one.notAfter());
            if (left.multipliedBy(LEFT_OF_LIFE).compareTo(Duration.between(one.notBefore(), one.notAfter())) < 0) {
                flaws.add(new Flaw(
                        false,
                        one.subject() + " ends in " + Ages.text(left) + ", less than a quarter of its life",
                        renewal));
            }
        }
    }

    private static void strength(CertificateFacts one, List<Flaw> flaws) {
        boolean shortKey =
                one.key().startsWith("RSA ") && Integer.parseInt(one.key().substring(4)) < LEAST_RSA_BITS;
        if (shortKey) {
            flaws.add(new Flaw(
                    true, one.subject() + " has a key of kind " + one.key(), "use EC 256, or RSA with 3072 bits"));
        }
        // What signs itself is trusted for being known, not for its signature.
        boolean oldDigest =
                one.signature().startsWith("SHA1") || one.signature().startsWith("MD5");
        if (oldDigest && one.role() != CertificateFacts.Role.ROOT) {
            flaws.add(new Flaw(
                    true, one.subject() + " is signed by " + one.signature(), "have it signed with SHA-256 or better"));
        }
    }

    private static void identity(X509Certificate leaf, List<Flaw> flaws) {
        try {
            SvidRules.check(leaf);
        } catch (CertificateException e) {
            flaws.add(notAnSvid(e));
        }
    }

    private static Flaw notAnSvid(CertificateException e) {
        return new Flaw(
                true,
                String.valueOf(e.getMessage()),
                "have one issued by meshctl cert issue; an authority of your own has to follow SPIFFE's X.509-SVID");
    }

    private static String ids(List<X509Certificate> roots) {
        return (roots.size() == 1 ? "root " : "roots ")
                + roots.stream()
                        .map(root -> CertificateFacts.of(root).id())
                        .distinct()
                        .collect(Collectors.joining(", "));
    }
}
