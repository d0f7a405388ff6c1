package io.inmesh.server.gateway;

import io.inmesh.server.rule.Field;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServicePort;
import java.util.List;
import java.util.Optional;

/**
 * What one {@code parentRef} attaches a route to.
 *
 * @param ref where it is written
 * @param targets the service ports it speaks for; empty if it is refused
 * @param refusal why it attaches to nothing; empty if it attaches
 */
public record Attachment(Field ref, List<Target> targets, Optional<Refusal> refusal) {
    public Attachment {
        targets = List.copyOf(targets);
    }

    /**
     * A port of a service.
     *
     * @param service the service
     * @param port one of its ports
     */
    public record Target(MeshService service, ServicePort port) {}

    /**
     * Why a parent is not attached to.
     *
     * @param reason reason of the condition {@code Accepted}
     * @param message in words
     */
    public record Refusal(String reason, String message) {
        /** The parent, or its port, does not exist. */
        public static final String NO_MATCHING_PARENT = "NoMatchingParent";
        /** The parent is of a kind that is not served here. */
        public static final String UNSUPPORTED = "UnsupportedValue";
    }

    static Attachment to(Field ref, List<Target> targets) {
        return new Attachment(ref, targets, Optional.empty());
    }

    static Attachment refused(Field ref, String reason, String message) {
        return new Attachment(ref, List.of(), Optional.of(new Refusal(reason, message)));
    }
}
