package io.inmesh.authz;

import io.inmesh.call.InboundCall;
import io.inmesh.config.Condition;
import io.inmesh.config.FieldProblems;
import io.inmesh.config.ForwardersConfig;
import io.inmesh.match.AddressLiteral;
import io.inmesh.match.AddressRange;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the client behind trusted forwarders: {@code X-Forwarded-For} is read from its end, where the nearest forwarder has written, and
 * no further than is believed. Whatever stands before that anybody can have written. Immutable.
 *
 * <p>Source: Envoy, "HTTP header manipulation", x-forwarded-for; its {@code xff} original IP detection. Where Envoy falls back to the
 * peer because an entry is no address, or because there are some entries but fewer than hops, the address is unreadable here: the peer
 * is a forwarder then, which policies about clients were not written for.
 */
public final class Forwarders {

    /** Nobody is believed. */
    public static final Forwarders NONE = new Forwarders(0, List.of());

    private static final String HEADER = "x-forwarded-for";

    private final int hops;
    private final AddressRange[] ranges;

    private Forwarders(int hops, List<AddressRange> ranges) {
        this.hops = hops;
        this.ranges = ranges.toArray(new AddressRange[0]);
    }

    /**
     * {@return the compiled form of a config}
     *
     * @param problems told of everything that cannot be; if there is anything, the result must not be used
     */
    public static Forwarders compile(ForwardersConfig config, FieldProblems problems) {
        if (config.equals(ForwardersConfig.NONE)) {
            return NONE;
        }
        config.check(problems);
        List<AddressRange> ranges = new ArrayList<>();
        for (Condition.Cidr range : config.ranges()) {
            try {
                ranges.add(AddressRange.compile(range));
            } catch (IllegalArgumentException e) {
                problems.report("ranges", String.valueOf(e.getMessage()), "write a range such as 10.0.0.0/8");
            }
        }
        return new Forwarders(config.hops(), ranges);
    }

    /** {@return whom a request is made for} */
    public ClientAddress client(InboundCall call) {
        InetAddress peer = call.peerAddress();
        if (this == NONE || (hops == 0 && !trusts(peer))) {
            return ClientAddress.peer(peer);
        }
        Entries entries = new Entries(call.headerValues(HEADER));
        String entry = entries.previous();
        if (entry == null) {
            return ClientAddress.peer(peer);
        }
        return hops > 0 ? byHops(entry, entries) : byRanges(entry, entries);
    }

    private ClientAddress byHops(String last, Entries entries) {
        String entry = last;
        for (int hop = 1; hop < hops; hop++) {
            entry = entries.previous();
            if (entry == null) {
                return ClientAddress.unreadable("X-Forwarded-For has " + hop + " of " + hops + " entries");
            }
        }
        InetAddress address = AddressLiteral.parse(entry);
        return address == null ? notAnAddress(hops) : ClientAddress.forwarded(address);
    }

    /** Where all are trusted the first one counts, as in Envoy. */
    private ClientAddress byRanges(String last, Entries entries) {
        InetAddress address = null;
        int count = 1;
        for (String entry = last; entry != null; entry = entries.previous(), count++) {
            if (count > ForwardersConfig.MOST_HOPS) {
                return ClientAddress.unreadable(
                        "X-Forwarded-For names more than " + ForwardersConfig.MOST_HOPS + " forwarders");
            }
            address = AddressLiteral.parse(entry);
            if (address == null) {
                return notAnAddress(count);
            }
            if (!trusts(address)) {
                break;
            }
        }
        return address == null ? notAnAddress(count) : ClientAddress.forwarded(address);
    }

    private static ClientAddress notAnAddress(int fromEnd) {
        return ClientAddress.unreadable("entry " + fromEnd + " from the end of X-Forwarded-For is no IP address");
    }

    private boolean trusts(@Nullable InetAddress address) {
        if (address == null) {
            return false;
        }
        for (AddressRange range : ranges) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** The entries of all lines as one list, last one first. An empty entry is an entry: who leaves out others would miscount. */
    private static final class Entries {
        private final List<String> lines;
        private int line;
        private int end;

        Entries(List<String> lines) {
            this.lines = lines;
            this.line = lines.size();
            this.end = -1;
        }

        /** The entry before the last one read, without the space around it; null if there is none. */
        @Nullable
        String previous() {
            if (end < 0) {
                line--;
                if (line < 0) {
                    return null;
                }
                end = lines.get(line).length();
            }
            String text = lines.get(line);
            int comma = end == 0 ? -1 : text.lastIndexOf(',', end - 1);
            String entry = text.substring(comma + 1, end).strip();
            end = comma;
            return entry;
        }
    }
}
