package io.inmesh.server.peer;

import io.inmesh.server.replica.Replica;
import java.util.Objects;

/**
 * A control server that has not answered in time, so that what it knows is missing.
 *
 * @param name what people call it
 * @param address where it is: host and port
 * @param processes how many processes are connected to it, by its own word of some seconds ago
 * @param reason why, as far as that is known
 */
public record SilentServer(String name, String address, int processes, String reason) {

    static SilentServer of(Replica replica, String reason) {
        return new SilentServer(
                Objects.requireNonNullElse(replica.name(), replica.id()),
                Objects.requireNonNullElse(replica.grpc(), ""),
                replica.streams(),
                reason);
    }
}
