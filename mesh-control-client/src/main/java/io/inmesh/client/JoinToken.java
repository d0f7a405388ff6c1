package io.inmesh.client;

import java.util.Base64;

/**
 * What lets a process ask for its first certificate, and tells it which control plane to believe.
 *
 * <p>Form: {@code inmesh.<id>.<secret>.<base64url of the SHA-256 of the root certificate>}. The last part pins the root, so that
 * not even the first connection trusts just anybody.
 *
 * @param bearer the whole token, as sent; a secret
 * @param rootSha256 hash of the DER form of the root certificate
 */
record JoinToken(String bearer, byte[] rootSha256) {

    /**
     * {@return a token from its text}
     *
     * @throws IllegalArgumentException if it is not a join token; the message does not contain the token
     */
    static JoinToken parse(String text) {
        String token = text.strip();
        String[] parts = token.split("\\.", -1);
        if (parts.length != 4 || !parts[0].equals("inmesh") || parts[1].isEmpty() || parts[2].isEmpty()) {
            throw new IllegalArgumentException(
                    "this is not a join token (inmesh.<id>.<secret>.<root>); make one with: meshctl token create");
        }
        byte[] hash;
        try {
            hash = Base64.getUrlDecoder().decode(parts[3]);
        } catch (IllegalArgumentException notBase64) {
            throw new IllegalArgumentException("the root part of the join token is not base64url", notBase64);
        }
        if (hash.length != 32) {
            throw new IllegalArgumentException("the root part of the join token is not a SHA-256 hash");
        }
        return new JoinToken(token, hash);
    }

    /** {@return a description without the secret} */
    @Override
    public String toString() {
        return "JoinToken[" + bearer.split("\\.", -1)[1] + "]";
    }
}
