package io.inmesh.server.translate;

import io.inmesh.server.rule.Rules;
import java.util.Optional;

/** Answers a stock gRPC server that asks for the listener named after its own address. */
final class GrpcInbound {
    private static final int MAX_PORT = 65535;

    private GrpcInbound() {}

    /** The listener of that name; empty if it is no address and port behind the agreed prefix. */
    static Optional<VersionedResource> listener(Rules rules, ClientContext client, String name) {
        if (!name.startsWith(InboundListeners.GRPC_PREFIX)) {
            return Optional.empty();
        }
        String authority = name.substring(InboundListeners.GRPC_PREFIX.length());
        int colon = authority.lastIndexOf(':');
        String digits = authority.substring(colon + 1);
        if (colon <= 0
                || digits.isEmpty()
                || digits.length() > 5
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        int port = Integer.parseInt(digits);
        String host = authority.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String address = bracketed ? host.substring(1, host.length() - 1) : host;
        if (port > MAX_PORT || address.isEmpty() || (address.indexOf(':') >= 0 && !bracketed)) {
            return Optional.empty();
        }
        return Optional.of(VersionedResource.of(name, InboundListeners.grpc(rules, client, name, address, port)));
    }
}
