package io.inmesh.config;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What of a call decides which endpoint of a hashing cluster it goes to.
 *
 * <p>Source: Envoy {@code RouteAction.HashPolicy}; Istio {@code consistentHash}. A call may have several keys; all that are there count
 * together, up to the first terminal one.
 */
public sealed interface HashKeyConfig {

    /** {@return whether later keys do not count once this or an earlier one was there} */
    boolean terminal();

    /**
     * A request header; several values count together, in any order.
     *
     * @param name lower case name; {@code :path}, {@code :method}, {@code :authority} and {@code :scheme} are known
     * @param terminal whether it ends the search
     */
    record Header(String name, boolean terminal) implements HashKeyConfig {
        /** Checks that nothing is missing. */
        public Header {
            Objects.requireNonNull(name, "name");
        }
    }

    /**
     * A cookie.
     *
     * @param name its name
     * @param ttl if the call has none, one is made that lives so long, zero for a session; null to make none
     * @param path path of the cookie that is made; empty for none
     * @param attributes further attributes of the cookie that is made
     * @param terminal whether it ends the search
     */
    record Cookie(String name, @Nullable Duration ttl, String path, List<Attribute> attributes, boolean terminal)
            implements HashKeyConfig {
        /** Copies the list and checks that nothing is missing. */
        public Cookie {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(path, "path");
            attributes = List.copyOf(attributes);
        }
    }

    /**
     * An attribute of a cookie, such as {@code SameSite=Lax}.
     *
     * @param name its name
     * @param value its value; empty for one that has none
     */
    record Attribute(String name, String value) {}

    /**
     * A query parameter, its first value, decoded.
     *
     * @param name its name
     * @param terminal whether it ends the search
     */
    record QueryParameter(String name, boolean terminal) implements HashKeyConfig {
        /** Checks that nothing is missing. */
        public QueryParameter {
            Objects.requireNonNull(name, "name");
        }
    }

    /**
     * The address of the caller. Within a process that is always its own, as it is for a sidecar, so all calls of a process to a cluster go
     * to one endpoint, and those of another process to another.
     *
     * @param address address of this process
     * @param terminal whether it ends the search
     */
    record SourceAddress(String address, boolean terminal) implements HashKeyConfig {
        /** Checks that nothing is missing. */
        public SourceAddress {
            Objects.requireNonNull(address, "address");
        }
    }
}
