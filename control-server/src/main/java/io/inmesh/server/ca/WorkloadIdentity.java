package io.inmesh.server.ca;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who a workload is: {@code spiffe://<trust domain>/ns/<namespace>/sa/<service account>}. The only form of SPIFFE id that this server
 * issues or accepts (SPIFFE-ID 2.1 to 2.4; the path is Istio's).
 *
 * @param trustDomain lower case, such as {@code inmesh.local}
 * @param namespace a Kubernetes namespace name
 * @param serviceAccount a Kubernetes service account name
 */
public record WorkloadIdentity(String trustDomain, String namespace, String serviceAccount) {
    private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");
    private static final Pattern SEGMENT = Pattern.compile("[a-zA-Z0-9._-]{1,253}");
    private static final Pattern URI = Pattern.compile("spiffe://([^/]*)/ns/([^/]*)/sa/([^/]*)");
    private static final int URI_NAME = 6;

    /** @throws IllegalArgumentException if a part has characters that SPIFFE forbids; the message says which part */
    public WorkloadIdentity {
        check("trust domain", trustDomain, TRUST_DOMAIN);
        check("namespace", namespace, SEGMENT);
        check("service account", serviceAccount, SEGMENT);
    }

    /** @throws IllegalArgumentException if {@code uri} has another form */
    public static WorkloadIdentity parse(String uri) {
        Matcher matcher = URI.matcher(uri);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"" + uri + "\" is not of the form spiffe://<trust domain>/ns/<namespace>/sa/<service account>");
        }
        return new WorkloadIdentity(matcher.group(1), matcher.group(2), matcher.group(3));
    }

    /**
     * The identity in an already verified certificate.
     *
     * @throws IllegalArgumentException if the certificate is no X.509-SVID: it has to have exactly one URI name and must not be a CA
     */
    public static WorkloadIdentity of(X509Certificate leaf) {
        if (leaf.getBasicConstraints() >= 0) {
            throw new IllegalArgumentException("a signing certificate does not identify a workload");
        }
        List<String> uris = uris(leaf);
        if (uris.size() != 1) {
            throw new IllegalArgumentException("the certificate has " + uris.size() + " URI names instead of one");
        }
        return parse(uris.get(0));
    }

    /** The SPIFFE id. */
    public String uri() {
        return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }

    @Override
    public String toString() {
        return uri();
    }

    /** The URI names of a certificate. */
    static List<String> uris(X509Certificate leaf) {
        Collection<List<?>> names;
        try {
            names = leaf.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            throw new IllegalArgumentException("the certificate's names cannot be read", e);
        }
        List<String> uris = new ArrayList<>();
        if (names != null) {
            for (List<?> name : names) {
                if (name.get(0).equals(URI_NAME)) {
                    uris.add((String) name.get(1));
                }
            }
        }
        return uris;
    }

    private static void check(String what, String value, Pattern allowed) {
        if (!allowed.matcher(value).matches() || value.equals(".") || value.equals("..")) {
            throw new IllegalArgumentException("\"" + value + "\" is no valid " + what + " of a SPIFFE id");
        }
    }
}
