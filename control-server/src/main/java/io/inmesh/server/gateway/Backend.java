package io.inmesh.server.gateway;

import io.inmesh.server.rule.Field;
import java.util.Optional;

/**
 * Where a rule, or a mirror, leads.
 *
 * @param ref where it is written
 * @param host full host name of the service; what was asked for if there is none
 * @param port its port
 * @param weight share among the rule's backends
 * @param unresolved why it leads nowhere; empty if it leads somewhere
 */
public record Backend(Field ref, String host, int port, long weight, Optional<Unresolved> unresolved) {

    /**
     * Why a reference leads nowhere.
     *
     * @param reason reason of the condition {@code ResolvedRefs}
     * @param message in words
     */
    public record Unresolved(String reason, String message) {
        /** It names a kind that is no backend here. */
        public static final String INVALID_KIND = "InvalidKind";
        /** The service, or its port, does not exist. */
        public static final String NOT_FOUND = "BackendNotFound";
        /** The service is not visible from where it is referred to. */
        public static final String NOT_PERMITTED = "RefNotPermitted";
        /** The port carries no requests. */
        public static final String UNSUPPORTED_PROTOCOL = "UnsupportedProtocol";
    }
}
