package io.inmesh.token;

import com.nimbusds.jose.util.Base64URL;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token taken apart, of which nothing is believed yet.
 *
 * @param algorithm {@code alg} of its header
 * @param keyId {@code kid} of its header, null if it names no key
 * @param claims its payload
 * @param payload its payload as base64url
 * @param signed the bytes its signature is about
 * @param signature its signature
 */
record UnverifiedToken(
        String algorithm,
        @Nullable String keyId,
        Map<String, @Nullable Object> claims,
        String payload,
        byte[] signed,
        Base64URL signature) {

    /** More is no token of an honest issuer: servers refuse headers of that length. */
    static final int LONGEST = 8192;

    /**
     * {@return the parts of a signed token in compact form (RFC 7515)}
     *
     * @throws IllegalArgumentException if it is none, or one that two readers may understand differently; the message quotes nothing of it
     */
    static UnverifiedToken parse(String token) {
        if (token.length() > LONGEST) {
            throw new IllegalArgumentException("the token is longer than " + LONGEST + " characters");
        }
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first <= 0 || second < 0 || token.indexOf('.', second + 1) >= 0) {
            throw new IllegalArgumentException("the token has not three parts");
        }
        String payload = token.substring(first + 1, second);
        Map<String, @Nullable Object> header = object(token.substring(0, first), "header");
        // Whoever writes crit wants a token refused by readers who do not know what it names, and none of it is known
        // here.
        if (header.containsKey("crit") || header.containsKey("b64")) {
            throw new IllegalArgumentException("the token asks for extensions of the signature format");
        }
        if (!(header.get("alg") instanceof String algorithm)) {
            throw new IllegalArgumentException("the token names no algorithm");
        }
        Object keyId = header.get("kid");
        if (keyId != null && !(keyId instanceof String)) {
            throw new IllegalArgumentException("the token names its key by something else than a text");
        }
        String signature = token.substring(second + 1);
        bytes(signature, "signature");
        return new UnverifiedToken(
                algorithm,
                (String) keyId,
                object(payload, "payload"),
                payload,
                token.substring(0, second).getBytes(StandardCharsets.US_ASCII),
                new Base64URL(signature));
    }

    private static Map<String, @Nullable Object> object(String part, String name) {
        try {
            return StrictJson.object(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(part, name)))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the " + name + " of the token is not UTF-8", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the " + name + " of the token cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(String part, String name) {
        try {
            if (part.isEmpty() || part.indexOf('=') >= 0) {
                throw new IllegalArgumentException("empty or padded");
            }
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the " + name + " of the token is not base64url", e);
        }
    }
}
