package io.inmesh.server.source.dns;

import io.inmesh.server.service.ServicePort;
import java.util.List;

/**
 * A service that is found by DNS.
 *
 * @param namespace the namespace it belongs to
 * @param name what callers call it
 * @param ports the ports callers use
 * @param query whom to ask about: {@code _http._tcp.reviews.example.com}, or a host
 * @param srv whether to ask for SRV records, which know ports, rather than for addresses
 */
record DnsService(String namespace, String name, List<ServicePort> ports, String query, boolean srv) {}
