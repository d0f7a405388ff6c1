package io.inmesh.authz;

import io.inmesh.identity.SpiffeId;
import io.inmesh.match.AddressRange;
import io.inmesh.match.TextTest;
import io.inmesh.token.VerifiedToken;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** A compiled {@link io.inmesh.config.Condition}. Allocates nothing where the request is plain. */
sealed interface FactTest {

    /** Holds for every request. */
    FactTest ALWAYS = new Always();

    /** Holds for none. */
    FactTest NEVER = new AnyOf(new FactTest[0]);

    boolean holds(RequestFacts facts);

    /** {@return a test of all parts, without those that say nothing} */
    static FactTest all(List<FactTest> parts) {
        List<FactTest> told = new ArrayList<>();
        for (FactTest part : parts) {
            if (part instanceof All nested) {
                told.addAll(List.of(nested.parts()));
            } else if (!(part instanceof Always)) {
                told.add(part);
            }
        }
        return told.isEmpty() ? ALWAYS : told.size() == 1 ? told.get(0) : new All(told.toArray(new FactTest[0]));
    }

    /**
     * {@return a test of any part}
     *
     * <p>Tests of one header become one test, so that where every value has to pass each may pass another of them.
     */
    static FactTest anyOf(List<FactTest> parts) {
        List<FactTest> told = new ArrayList<>();
        for (FactTest part : parts) {
            if (part instanceof Always) {
                return ALWAYS;
            }
            if (part instanceof AnyOf nested) {
                nested.addTo(told);
            } else {
                add(told, part);
            }
        }
        return told.isEmpty() ? NEVER : told.size() == 1 ? told.get(0) : new AnyOf(told.toArray(new FactTest[0]));
    }

    record All(FactTest[] parts) implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            for (FactTest part : parts) {
                if (!part.holds(facts)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static void add(List<FactTest> told, FactTest part) {
        if (part instanceof Header header) {
            for (int i = 0; i < told.size(); i++) {
                if (told.get(i) instanceof Header other && other.isLike(header)) {
                    told.set(i, other.or(header.text()));
                    return;
                }
            }
        }
        told.add(part);
    }

    record AnyOf(FactTest[] parts) implements FactTest {

        private void addTo(List<FactTest> told) {
            for (FactTest part : parts) {
                add(told, part);
            }
        }

        @Override
        public boolean holds(RequestFacts facts) {
            for (FactTest part : parts) {
                if (part.holds(facts)) {
                    return true;
                }
            }
            return false;
        }
    }

    record Not(FactTest part) implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            return !part.holds(facts);
        }
    }

    record Always() implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            return true;
        }
    }

    /**
     * A header's values.
     *
     * @param everyValue whether all values must pass, rather than any; an absent header has no value and fails both
     * @param list whether a line with commas is also as many values as it has elements, which is how some applications read it
     */
    record Header(String name, TextTest text, boolean missingAsEmpty, boolean everyValue, boolean list)
            implements FactTest {

        private boolean isLike(Header other) {
            return name.equals(other.name)
                    && missingAsEmpty == other.missingAsEmpty
                    && everyValue == other.everyValue
                    && list == other.list;
        }

        private Header or(TextTest other) {
            return new Header(name, TextTest.anyOf(text, other), missingAsEmpty, everyValue, list);
        }

        @Override
        public boolean holds(RequestFacts facts) {
            String plain = facts.plainHeader(name);
            if (plain != null) {
                return text.test(plain);
            }
            List<String> values = facts.headerValues(name);
            if (values.isEmpty()) {
                return missingAsEmpty && text.test("");
            }
            for (int i = 0; i < values.size(); i++) {
                if (line(values.get(i)) != everyValue) {
                    return !everyValue;
                }
            }
            return everyValue;
        }

        /** Tests every reading of a line: as it is, without space around it (RFC 9110 5.5), and as a list. */
        private boolean line(String line) {
            boolean whole = text.test(line);
            if (whole != everyValue) {
                return whole;
            }
            String bare = line.strip();
            if (bare.length() != line.length() && text.test(bare) != everyValue) {
                return !everyValue;
            }
            int comma = list ? line.indexOf(',') : -1;
            return comma < 0 ? everyValue : elements(line);
        }

        private boolean elements(String line) {
            int comma;
            for (int start = 0; start <= line.length(); start = comma + 1) {
                comma = line.indexOf(',', start);
                comma = comma < 0 ? line.length() : comma;
                String element = line.substring(start, comma).strip();
                // Empty elements count for nothing (RFC 9110 5.6.1.2).
                if (!element.isEmpty() && text.test(element) != everyValue) {
                    return !everyValue;
                }
            }
            return everyValue;
        }
    }

    record Method(TextTest text) implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            return text.test(facts.call().method());
        }
    }

    record Scheme(TextTest text) implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            return text.test(facts.call().scheme());
        }
    }

    /**
     * The host with and without its port are two names of the same thing, so a rule that names either one means it.
     *
     * @param everyHost whether every host that the request can be read to name must pass, rather than any
     */
    record Authority(TextTest text, boolean everyHost) implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            boolean first = text.test(facts.host()) || text.test(facts.hostAndPort());
            if (first != everyHost) {
                return first;
            }
            for (HostName other : facts.otherHosts()) {
                boolean passes = text.test(other.host())
                        || text.test(other.withPort(facts.call().port()));
                if (passes != everyHost) {
                    return passes;
                }
            }
            return everyHost;
        }
    }

    record Path(TextTest text) implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            return text.test(facts.path());
        }
    }

    record Template(PathTemplate template) implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            return template.matches(facts.path());
        }
    }

    record Port(int port) implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            return facts.call().localPort() == port;
        }
    }

    record PeerAddress(AddressRange range) implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            InetAddress address = facts.call().peerAddress();
            return address != null && range.contains(address);
        }
    }

    record Client(AddressRange range) implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            InetAddress address = facts.clientAddress();
            return address != null && range.contains(address);
        }
    }

    record LocalAddress(AddressRange range) implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            InetAddress address = facts.call().localAddress();
            return address != null && range.contains(address);
        }
    }

    /** The commonest principal test, without making text of the id. Most ids differ in their path, and strings keep their hash. */
    record ExactPrincipal(SpiffeId id, int pathHash) implements FactTest {

        ExactPrincipal(SpiffeId id) {
            this(id, id.path().hashCode());
        }

        @Override
        public boolean holds(RequestFacts facts) {
            SpiffeId peer = facts.peer();
            return peer != null && peer.path().hashCode() == pathHash && id.equals(peer);
        }
    }

    record Principal(TextTest text) implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            String principal = facts.principal();
            return principal != null && text.test(principal);
        }
    }

    record Authenticated() implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            return facts.peer() != null;
        }
    }

    /** A claim of the verified token. Source: Envoy {@code MetadataMatcher} on what its {@code jwt_authn} filter leaves. */
    record Claim(String[] path, TextTest text, boolean element) implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            VerifiedToken token = facts.token();
            Object value = token == null ? null : token.claim(path);
            if (!element) {
                return value instanceof String claim && text.test(claim);
            }
            if (value instanceof List<?> list) {
                for (int i = 0; i < list.size(); i++) {
                    if (list.get(i) instanceof String one && text.test(one)) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    record ServerName(TextTest text) implements FactTest {
        @Override
        public boolean holds(RequestFacts facts) {
            String name = facts.call().requestedServerName();
            return name != null && text.test(name);
        }
    }
}
