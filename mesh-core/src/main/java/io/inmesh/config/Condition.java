package io.inmesh.config;

import java.util.List;
import java.util.Objects;

/**
 * A test of an inbound request and its peer, as a tree.
 *
 * <p>Source: Envoy {@code rbac.v3.Permission} and {@code Principal}, which Istio's {@code AuthorizationPolicy} compiles to.
 * Where a header has several values, a positive test inside an ALLOW must hold for every value and one inside a DENY for any
 * value (the lesson of CVE-2026-26308); the evaluator applies that rule, the tree does not say it.
 */
public sealed interface Condition {

    /** Holds when all parts hold; true when empty. */
    record All(List<Condition> parts) implements Condition {
        public All {
            parts = List.copyOf(parts);
        }
    }

    /** Holds when any part holds; false when empty. */
    record AnyOf(List<Condition> parts) implements Condition {
        public AnyOf {
            parts = List.copyOf(parts);
        }
    }

    /** Holds when the part does not. */
    record Not(Condition part) implements Condition {}

    /** Always holds. */
    record Always() implements Condition {}

    /** Tests a header or pseudo header. */
    record Header(HeaderMatch match) implements Condition {}

    /** Tests the canonical path without query. */
    record Path(StringMatch match) implements Condition {}

    /** Tests the canonical path against an Envoy URI template ({@code {*}} one segment, {@code {**}} the rest). */
    record PathTemplate(String template) implements Condition {}

    /** Tests the local port the request came in on. */
    record DestinationPort(int port) implements Condition {}

    /** Tests the address of the connection's peer. */
    record SourceIp(Cidr range) implements Condition {}

    /** Tests the address of the client: the connection's peer, or whom trusted {@link ForwardersConfig forwarders} name. */
    record RemoteIp(Cidr range) implements Condition {}

    /** Tests the local address of the connection. */
    record DestinationIp(Cidr range) implements Condition {}

    /** Tests the peer's SPIFFE id as a URI; never holds without mTLS. */
    record Principal(StringMatch match) implements Condition {}

    /** Holds for any peer that proved an identity by mTLS. */
    record Authenticated() implements Condition {}

    /**
     * Tests a claim of the request's verified token; never holds without one.
     *
     * @param path names that lead to the claim
     * @param match what it must be
     * @param element whether an element of a list is meant, any of which is enough, rather than a text
     */
    record Claim(List<String> path, StringMatch match, boolean element) implements Condition {
        public Claim {
            path = List.copyOf(path);
            Objects.requireNonNull(match, "match");
        }
    }

    /** Tests the server name the client sent in the TLS handshake. */
    record RequestedServerName(StringMatch match) implements Condition {}

    /**
     * An address range.
     *
     * @param address IPv4 or IPv6 address in text form
     * @param prefixLength leading bits that must agree
     */
    record Cidr(String address, int prefixLength) {
        public Cidr {
            Objects.requireNonNull(address, "address");
        }
    }
}
