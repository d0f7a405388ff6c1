package io.inmesh.server.access;

import java.io.IOException;

/** Asks an issuer for the ID token that a code stands for. */
@FunctionalInterface
interface TokenExchange {

    /**
     * {@return the ID token, not verified}
     *
     * @param code what the browser brought
     * @param verifier the secret behind the challenge that the browser was sent away with (RFC 7636)
     * @param redirectUri where the browser was to come back to
     * @throws IOException if there is none; the message is for operators, and quotes nothing but an error code of RFC 6749
     */
    String idToken(OidcLogin login, String code, String verifier, String redirectUri) throws IOException;
}
