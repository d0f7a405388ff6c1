package io.inmesh.server.source.dns;

import org.jspecify.annotations.Nullable;

/** Types of records that discovery asks for. */
enum DnsType {
    /** An IPv4 address. */
    A(1),
    /** An IPv6 address. */
    AAAA(28),
    /** Where a service is: host, port, weight, priority. */
    SRV(33);

    private final int number;

    DnsType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static @Nullable DnsType of(int number) {
        for (DnsType type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        return null;
    }
}
