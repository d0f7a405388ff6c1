package io.inmesh.authz;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The address of the client a request is made for, as far as it can be believed.
 *
 * @param address the address, null if it is not known
 * @param forwarded whether a forwarder has told it, rather than the connection
 * @param problem why what a forwarder told cannot be read, null if it can
 */
public record ClientAddress(
        @Nullable InetAddress address,
        boolean forwarded,
        @Nullable String problem) {

    static ClientAddress peer(@Nullable InetAddress address) {
        return new ClientAddress(address, false, null);
    }

    static ClientAddress forwarded(InetAddress address) {
        return new ClientAddress(address, true, null);
    }

    static ClientAddress unreadable(String problem) {
        return new ClientAddress(null, true, problem);
    }

    /** {@return address and where it comes from, for messages that clients do not see} */
    @Override
    public String toString() {
        if (problem != null) {
            return "unknown: " + problem;
        }
        String text = address == null ? "unknown" : address.getHostAddress();
        return text + (forwarded ? " by X-Forwarded-For" : " by the connection");
    }
}
