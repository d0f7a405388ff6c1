package io.inmesh.server.replica;

import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * How this server describes itself to others: section {@code replica} of the settings file.
 *
 * @param name what people call it; default is the machine's name
 * @param host under which name or address others reach it, other control servers among them; empty for where it listens, or if that is everywhere,
 *     for the address of the machine's name, and that name where its address is loopback
 * @param handOverAfter how long this server has to be cut off from the store, or has to have far more processes than others, before it asks
 *     processes to go to others; up to half as long is added by chance; default 30 s
 */
public record ReplicaSettings(String name, String host, Duration handOverAfter) {

    private static final Duration HAND_OVER_AFTER = Duration.ofSeconds(30);

    private static final int LONGEST = 253;

    /**
     * {@return what the section says}
     *
     * @param section section {@code replica}, which may be empty
     * @throws SettingsException if it is wrong
     */
    public static ReplicaSettings read(Section section) {
        return new ReplicaSettings(
                text(section, "name", machine()),
                text(section, "host", ""),
                section.duration("handOverAfter", HAND_OVER_AFTER));
    }

    private static String text(Section section, String field, String fallback) {
        String text = section.text(field, fallback);
        if (text.length() > LONGEST || text.chars().anyMatch(c -> c <= ' ' || c == '/')) {
            throw section.fault(
                    field, "has to be a name of at most " + LONGEST + " characters without blanks or slashes");
        }
        return text;
    }

    /** {@return host and port under which others reach what listens at {@code address}} */
    public String at(InetAddress address, int port) {
        String own = address.isAnyLocalAddress() ? reachable() : address.getHostAddress();
        String chosen = host.isEmpty() ? own : host;
        return (chosen.contains(":") ? "[" + chosen + "]" : chosen) + ":" + port;
    }

    /** Others may not know the machine's name: those of pods are known to nobody else. */
    private static String reachable() {
        try {
            InetAddress own = InetAddress.getLocalHost();
            return own.isLoopbackAddress() ? own.getHostName() : own.getHostAddress();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
