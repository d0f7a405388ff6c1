package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import java.math.BigInteger;
import java.util.List;

/** What consistent hashing takes its hash of, and the sizes of its tables; the same in a DestinationRule and a BackendTrafficPolicy. */
final class HashCheck {
    private static final int MAX_RING = 8_388_608;
    private static final int MAX_MAGLEV_TABLE = 5_000_011;
    private static final List<String> KEYS =
            List.of("httpHeaderName", "httpCookie", "useSourceIp", "httpQueryParameterName");

    private HashCheck() {}

    /** Whether {@code hash} names something to hash. */
    static boolean named(Field hash) {
        return keys(hash) > 0;
    }

    /** Asks for exactly one key. */
    static void key(Report report, Field hash) {
        if (keys(hash) != 1) {
            report.add(Check.REQUIRED, hash, "needs exactly one of " + String.join(", ", KEYS));
        }
        Field header = hash.get("httpHeaderName");
        if (header.present()) {
            boolean pseudo = header.text().startsWith(":");
            HttpTextCheck.name(report, header, header.text().substring(pseudo ? 1 : 0));
        }
        Field parameter = hash.get("httpQueryParameterName");
        if (parameter.present()) {
            report.required(parameter);
        }
        cookie(report, hash.get("httpCookie"));
    }

    private static void cookie(Report report, Field cookie) {
        if (cookie.absent()) {
            return;
        }
        HttpTextCheck.name(report, cookie.get("name"), cookie.get("name").text());
        HttpTextCheck.partOfCookie(report, cookie.get("path"));
        for (Field attribute : cookie.get("attributes").items()) {
            HttpTextCheck.partOfCookie(report, attribute.get("name"));
            HttpTextCheck.partOfCookie(report, attribute.get("value"));
        }
        report.duration(cookie.get("ttl"), true);
    }

    /** Sizes of {@code ringHash} and {@code maglev}. */
    static void tables(Report report, Field holder) {
        Field ring = holder.get("ringHash");
        report.range(ring.get("minimumRingSize"), 1, MAX_RING);
        report.range(ring.get("maximumRingSize"), 1, MAX_RING);
        if (ring.get("maximumRingSize").integer(MAX_RING)
                < ring.get("minimumRingSize").integer(1)) {
            report.add(
                    Check.BAD_VALUE,
                    ring.get("maximumRingSize"),
                    ring.get("maximumRingSize").text() + " is less than minimumRingSize");
        }
        Field table = holder.get("maglev").get("tableSize");
        report.range(table, 2, MAX_MAGLEV_TABLE);
        if (table.integer(0) > 1 && !BigInteger.valueOf(table.integer(0)).isProbablePrime(40)) {
            report.add(Check.BAD_VALUE, table, table.text() + " is no prime number");
        }
    }

    private static long keys(Field hash) {
        return KEYS.stream()
                .filter(key -> key.equals("useSourceIp")
                        ? hash.get(key).flag(false)
                        : hash.get(key).present())
                .count();
    }
}
