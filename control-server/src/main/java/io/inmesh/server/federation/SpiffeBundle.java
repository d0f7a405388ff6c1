package io.inmesh.server.federation;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A trust bundle in the form in which trust domains exchange them: a JWK set whose keys for X.509-SVIDs hold one root each (SPIFFE Trust
 * Domain and Bundle, section 4).
 *
 * @param sequence grows with every change; -1 if the issuer gives none
 * @param refresh how long until it is asked for again
 * @param roots what vouches for the trust domain; none is a bundle that trusts nobody
 */
record SpiffeBundle(long sequence, Duration refresh, List<X509Certificate> roots) {
    /** How often bundles are asked for unless they say so. */
    static final Duration DEFAULT_REFRESH = Duration.ofMinutes(5);

    private static final Duration SHORTEST_REFRESH = Duration.ofSeconds(10);
    private static final Duration LONGEST_REFRESH = Duration.ofDays(1);
    private static final String USE = "x509-svid";
    private static final int MAX_KEYS = 100;
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    SpiffeBundle {
        roots = List.copyOf(roots);
    }

    /**
     * {@return a bundle from its text: a JWK set, or roots in PEM}
     *
     * @throws IOException if it is neither, or breaks a rule; the message says which
     */
    static SpiffeBundle parse(String text) throws IOException {
        if (text.stripLeading().startsWith("-----BEGIN")) {
            return new SpiffeBundle(-1, DEFAULT_REFRESH, checked(pem(text)));
        }
        JsonNode document = JSON.readTree(text);
        if (!(document.path("keys") instanceof ArrayNode keys)) {
            throw new IOException("it has no list of keys");
        }
        if (keys.size() > MAX_KEYS) {
            throw new IOException("it has more than " + MAX_KEYS + " keys");
        }
        List<X509Certificate> roots = new ArrayList<>();
        for (JsonNode key : keys) {
            // Keys for other kinds of identity documents, and for kinds yet to come, are not ours (section 4.2.2).
            if (key.path("use").asText().equals(USE)) {
                roots.add(root(key));
            }
        }
        JsonNode sequence = document.path("spiffe_sequence");
        return new SpiffeBundle(
                sequence.canConvertToLong() && sequence.asLong() >= 0 ? sequence.asLong() : -1,
                refresh(document.path("spiffe_refresh_hint")),
                checked(roots));
    }

    /** {@return the bundle as a JWK set} */
    ObjectNode json() {
        ObjectNode document = JSON.createObjectNode();
        ArrayNode keys = document.putArray("keys");
        for (X509Certificate root : roots) {
            keys.add(key(root));
        }
        document.put("spiffe_sequence", sequence).put("spiffe_refresh_hint", refresh.toSeconds());
        return document;
    }

    private static ObjectNode key(X509Certificate root) {
        try {
            ObjectNode key =
                    (ObjectNode) JSON.readTree(JWK.parse(root).toPublicJWK().toJSONString());
            // Only what the standard names: other members say things about certificates that we do not mean.
            key.retain("kty", "crv", "x", "y", "n", "e");
            key.put("use", USE);
            key.putArray("x5c").add(Base64.getEncoder().encodeToString(root.getEncoded()));
            return key;
        } catch (JOSEException | CertificateEncodingException | IOException e) {
            throw new IllegalStateException("a root's key cannot be written as JWK", e);
        }
    }

    private static X509Certificate root(JsonNode key) throws IOException {
        JsonNode chain = key.path("x5c");
        if (chain.size() != 1) {
            throw new IOException("a key for X.509-SVIDs has to hold one certificate (x5c), not " + chain.size());
        }
        try {
            byte[] der = Base64.getDecoder().decode(chain.get(0).asText());
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (IllegalArgumentException | CertificateException e) {
            throw new IOException("a key's certificate (x5c) cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> pem(String text) throws IOException {
        try {
            List<X509Certificate> roots = new ArrayList<>();
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(
                            new ByteArrayInputStream(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                    .forEach(root -> roots.add((X509Certificate) root));
            return roots;
        } catch (CertificateException e) {
            throw new IOException("it is not PEM: " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> checked(List<X509Certificate> roots) throws IOException {
        Set<X509Certificate> seen = new HashSet<>();
        for (X509Certificate root : roots) {
            if (!seen.add(root)) {
                throw new IOException("it holds the same certificate twice");
            }
            if (root.getBasicConstraints() < 0) {
                throw new IOException(
                        "it holds a certificate that may not sign others (" + root.getSubjectX500Principal() + ")");
            }
        }
        return roots;
    }

    private static Duration refresh(JsonNode hint) {
        if (!hint.canConvertToLong() || hint.asLong() <= 0) {
            return DEFAULT_REFRESH;
        }
        long seconds = Math.min(LONGEST_REFRESH.toSeconds(), Math.max(SHORTEST_REFRESH.toSeconds(), hint.asLong()));
        return Duration.ofSeconds(seconds);
    }
}
