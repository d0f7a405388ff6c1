package io.inmesh.server.source.dns;

import org.jspecify.annotations.Nullable;

/**
 * A record of an answer.
 *
 * @param name whose it is, in lower case
 * @param type null for types that nobody asks for here
 * @param seconds for how long it holds
 * @param priority of SRV: lower is used first
 * @param weight of SRV: share among those of one priority
 * @param port of SRV
 * @param value an address, or the host of an SRV record
 */
record DnsRecord(String name, @Nullable DnsType type, long seconds, int priority, int weight, int port, String value) {}
