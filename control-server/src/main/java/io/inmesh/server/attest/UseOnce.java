package io.inmesh.server.attest;

import com.nimbusds.jwt.JWTClaimsSet;
import io.inmesh.server.ca.Attestor;

/** What using a token means: nothing, or that it cannot be used again. */
@FunctionalInterface
interface UseOnce {

    /** Tokens may be used until they end. */
    UseOnce NEVER_COUNTED = claims -> () -> {};

    /**
     * {@return how a token is used}
     *
     * @throws Attestor.Refused if it cannot be told apart from others
     */
    Attestor.Use of(JWTClaimsSet claims) throws Attestor.Refused;
}
