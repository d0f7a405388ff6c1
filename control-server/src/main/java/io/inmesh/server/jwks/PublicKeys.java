package io.inmesh.server.jwks;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.rule.KeySource;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Reads what issuers publish, and keeps of it what processes need: the public parts of asymmetric keys, whatever else stands there. */
final class PublicKeys {

    private static final ObjectMapper JSON = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final int MOST_KEYS = 100;
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
        ArrayNode kept = set.putArray("keys");
        JsonNode keys = read(jwks).path("keys");
        for (JsonNode key : keys) {
            List<String> parts = PARTS.getOrDefault(key.path("kty").asText(), List.of());
            boolean whole = !parts.isEmpty()
                    && parts.stream().allMatch(part -> key.path(part).isTextual());
            if (whole && kept.size() < MOST_KEYS) {
                ObjectNode copy = kept.addObject();
                copy.set("kty", key.get("kty"));
                ABOUT.stream().filter(key::hasNonNull).forEach(name -> copy.set(name, key.get(name)));
                parts.forEach(part -> copy.set(part, key.get(part)));
            }
        }
        if (kept.isEmpty()) {
            throw new IOException("its answer holds no public key");
        }
        return set.toString();
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
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IOException("its answer is no JSON", e);
        }
    }
}
