package io.inmesh.server.jwks;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import io.inmesh.server.rule.KeySource;
import java.io.IOException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what issuers publish, and keeps of it what verifies tokens: the public parts of asymmetric keys, whatever else stands there. */
final class PublicKeys {

    private static final Logger LOG = LoggerFactory.getLogger(PublicKeys.class);
    private static final ObjectMapper JSON = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final int MOST_KEYS = 100;
    private static final int MIN_RSA_BITS = 2048;

    /** More octets than any key set has. */
    static final int LONGEST = 256 * 1024;

    private static final List<String> ABOUT = List.of("kid", "use", "key_ops", "alg");
    /** Members of public keys by type. Source: RFC 7518 section 6, RFC 8037 section 2. */
    private static final Map<String, List<String>> PARTS =
            Map.of("RSA", List.of("n", "e"), "EC", List.of("crv", "x", "y"), "OKP", List.of("crv", "x"));

    private PublicKeys() {}

    /**
     * {@return a JWK set of the public keys in another}
     *
     * @throws IOException if there is none; the message says why
     */
    static String of(String jwks) throws IOException {
        ObjectNode set = JSON.createObjectNode();
        if (copyTo(set.putArray("keys"), jwks).isEmpty()) {
            throw new IOException("its answer holds no public key");
        }
        return set.toString();
    }

    private static ArrayNode copyTo(ArrayNode kept, String jwks) throws IOException {
        JsonNode keys = read(jwks).path("keys");
        if (keys.size() > MOST_KEYS) {
            throw new IOException("there are more than " + MOST_KEYS + " keys");
        }
        for (JsonNode key : keys) {
            List<String> parts = PARTS.getOrDefault(key.path("kty").asText(), List.of());
            boolean whole = !parts.isEmpty()
                    && parts.stream().allMatch(part -> key.path(part).isTextual());
            if (whole) {
                ObjectNode copy = kept.addObject();
                copy.set("kty", key.get("kty"));
                ABOUT.stream().filter(key::hasNonNull).forEach(name -> copy.set(name, key.get(name)));
                parts.forEach(part -> copy.set(part, key.get(part)));
            }
        }
        return kept;
    }

    /**
     * {@return the keys of a JWK set that may verify signatures; others are left out}
     *
     * @throws IOException if there is none; the message says why
     */
    static List<JWK> verifying(String jwks) throws IOException {
        List<JWK> usable = new ArrayList<>();
        for (JsonNode key : copyTo(JSON.createArrayNode(), jwks)) {
            try {
                JWK parsed = JWK.parse(key.toString());
                if (verifies(parsed)) {
                    usable.add(parsed);
                }
            } catch (ParseException notAKey) {
                LOG.debug("a key of a set is left out: {}", notAKey.getMessage());
            }
        }
        if (usable.isEmpty()) {
            throw new IOException(
                    "there is no RSA key of 2048 bits or EC key or Ed25519 key for signatures among them");
        }
        return usable;
    }

    /** Public keys only: a shared secret in a key set is known to everybody who may read the set. */
    private static boolean verifies(JWK key) {
        boolean kind = key instanceof ECKey
                || (key instanceof RSAKey && key.size() >= MIN_RSA_BITS)
                || (key instanceof OctetKeyPair pair && pair.getCurve().equals(Curve.Ed25519));
        return kind
                && (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
                && (key.getKeyOperations() == null || key.getKeyOperations().contains(KeyOperation.VERIFY));
    }

    /**
     * {@return the address of the key set in an issuer's metadata}
     *
     * @throws IOException if it is not there, or the metadata are another issuer's
     */
    static String addressIn(String metadata, KeySource issuer) throws IOException {
        JsonNode read = read(metadata);
        if (!read.path("issuer").asText().equals(issuer.address())) {
            throw new IOException("its metadata are those of another issuer");
        }
        String address = read.path("jwks_uri").asText();
        if (address.isEmpty()) {
            throw new IOException("its metadata name no jwks_uri");
        }
        return address;
    }

    private static JsonNode read(String json) throws IOException {
        if (json.length() > LONGEST) {
            throw new IOException("it is longer than " + LONGEST + " bytes");
        }
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IOException("its answer is no JSON", e);
        }
    }
}
