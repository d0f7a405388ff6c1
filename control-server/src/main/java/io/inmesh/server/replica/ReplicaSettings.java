package io.inmesh.server.replica;

import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsException;
import io.inmesh.server.time.Durations;
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
 *     processes to go to others; up to half as long is added by chance; default 30 s, at least {@link #SHORTEST}
 */
public record ReplicaSettings(String name, String host, Duration handOverAfter) {

    /**
     * The least that {@link #handOverAfter} may be. A watch of etcd that broke, as in an election, begins anew after a pause of up to 5 s, and
     * what servers say of themselves is up to {@link Leadership#PAUSE} old: with less patience a server would send processes away for a
     * hiccup, or again for a surplus that has just gone, and they would go from one server to the other and back.
     */
    static final Duration SHORTEST = Duration.ofSeconds(5);

    private static final Duration HAND_OVER_AFTER = Duration.ofSeconds(30);

    private static final int LONGEST = 253;

    /**
     * {@return what the section says}
     *
     * @param section section {@code replica}, which may be empty
     * @throws SettingsException if it is wrong
     */
    public static ReplicaSettings read(Section section) {
        return new ReplicaSettings(text(section, "name", machine()), text(section, "host", ""), handOverAfter(section));
    }

    private static Duration handOverAfter(Section section) {
        Duration value = section.duration("handOverAfter", HAND_OVER_AFTER);
        if (value.compareTo(SHORTEST) < 0) {
            throw section.fault(
                    "handOverAfter",
                    "is " + Durations.text(value) + " but has to be at least " + Durations.text(SHORTEST)
                            + ", so that processes are not sent to and fro for what passes by itself; leave it out for "
                            + Durations.text(HAND_OVER_AFTER));
        }
        return value;
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
