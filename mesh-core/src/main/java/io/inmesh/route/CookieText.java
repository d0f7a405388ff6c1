package io.inmesh.route;

import io.inmesh.config.HashKeyConfig;
import io.inmesh.route.CallKey.MadeCookie;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and writes cookies. Source: RFC 6265. */
final class CookieText {

    private CookieText() {}

    /**
     * {@return the value of a cookie without quotes, null if it is not there or empty}
     *
     * @param headers values of {@code Cookie} headers
     */
    static @Nullable String find(List<String> headers, String name) {
        for (String header : headers) {
            for (int from = 0; from < header.length(); ) {
                int end = header.indexOf(';', from);
                end = end < 0 ? header.length() : end;
                int equals = header.indexOf('=', from);
                if (equals >= 0
                        && equals < end
                        && header.substring(from, equals).strip().equals(name)) {
                    String value = unquoted(header.substring(equals + 1, end).strip());
                    return value.isEmpty() ? null : value;
                }
                from = end + 1;
            }
        }
        return null;
    }

    /** {@return a new cookie; scripts may not read it, as in Envoy} */
    static MadeCookie make(HashKeyConfig.Cookie config, String value) {
        String pair = config.name() + "=" + value;
        StringBuilder text = new StringBuilder(pair);
        if (config.ttl() != null && !config.ttl().isZero()) {
            text.append("; Max-Age=").append(Math.max(1, config.ttl().toSeconds()));
        }
        if (!config.path().isEmpty()) {
            text.append("; Path=").append(config.path());
        }
        for (HashKeyConfig.Attribute attribute : config.attributes()) {
            text.append("; ").append(attribute.name());
            if (!attribute.value().isEmpty()) {
                text.append('=').append(attribute.value());
            }
        }
        return new MadeCookie(pair, text.append("; HttpOnly").toString());
    }

    private static String unquoted(String value) {
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }
}
