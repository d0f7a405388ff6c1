package io.inmesh.explain;

import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.identity.OutsideServer;
import io.inmesh.identity.PeerExpectation;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How connections are secured, in words. */
final class SecurityText {

    private SecurityText() {}

    static String of(@Nullable ConnectionSecurity security) {
        if (security == null) {
            return "plaintext";
        }
        if (security instanceof PeerExpectation expectation) {
            return "mTLS with "
                    + (expectation.identities().isEmpty()
                            ? "nobody: no identity is trusted"
                            : expectation.identities().stream()
                                    .map(Object::toString)
                                    .sorted()
                                    .collect(Collectors.joining(" or ")));
        }
        OutsideServer outside = (OutsideServer) security;
        return "TLS outside the mesh with " + String.join(" or ", outside.names()) + ", server name "
                + outside.serverName()
                + (outside.presents() ? ", presenting a certificate" : "")
                + (outside.problem().isEmpty() ? "" : "; " + outside.problem());
    }
}
