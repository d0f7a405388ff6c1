package io.inmesh.server.registry;

import io.inmesh.server.rule.IpAddresses;
import io.inmesh.server.settings.Section;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a process may say about itself when it registers: section {@code registration} of the settings file.
 *
 * @param addresses which address it may name
 * @param services which services it may serve
 */
public record RegistrationRules(Addresses addresses, Services services) {

    /** Any address that can be called, and any service of its namespace that does not say who may serve it. */
    public static final RegistrationRules DEFAULT = new RegistrationRules(Addresses.CLAIMED, Services.ANY);

    private static final int MAX_NAME = 253;

    /** Which address a process may name as its own. */
    public enum Addresses {
        /** Any that can be the address of a process. */
        CLAIMED,
        /** The one its connection comes from. */
        CONNECTION
    }

    /** Which services of its namespace a process may serve whose selector takes its labels. */
    public enum Services {
        /** Those that name its service account, and those that name none. */
        ANY,
        /** Those that name its service account. */
        NAMED
    }

    /** {@return the section's rules, the defaults for those it does not name} */
    public static RegistrationRules read(Section section) {
        return new RegistrationRules(
                section.choice("addresses", Addresses.class, DEFAULT.addresses),
                section.choice("services", Services.class, DEFAULT.services));
    }

    /**
     * {@return what is wrong with an address that a process names as its own, to be shown to it}
     *
     * @param claimed the address
     * @param connection where its connection comes from, null if that is not known
     */
    public Optional<String> problem(String claimed, @Nullable InetAddress connection) {
        if (!IpAddresses.valid(claimed)) {
            return addresses == Addresses.CLAIMED && name(claimed)
                    ? Optional.empty()
                    : Optional.of("address \"" + claimed + "\" is no IP address; name the one that callers can reach");
        }
        InetAddress address = parse(claimed);
        if (addresses == Addresses.CONNECTION && !address.equals(connection)) {
            return Optional.of("address " + claimed + " is not the one the connection comes from"
                    + (connection == null ? "" : ", " + connection.getHostAddress()));
        }
        boolean local = connection != null && connection.isLoopbackAddress();
        if (address.isLoopbackAddress() && !local) {
            return Optional.of("address " + claimed + " leads every caller to itself; name one that callers can reach");
        }
        if (address.isAnyLocalAddress() || address.isMulticastAddress() || address.isLinkLocalAddress()) {
            return Optional.of("address " + claimed + " is none of a process; name one that callers can reach");
        }
        return Optional.empty();
    }

    private static boolean name(String text) {
        return text.length() <= MAX_NAME
                && text.matches("[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?")
                && !text.matches("[0-9.]+");
    }

    private static InetAddress parse(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal + " was taken for an IP address", e);
        }
    }
}
