package io.inmesh.token;

import io.inmesh.call.InboundCall;
import io.inmesh.config.JwtRuleConfig.HeaderLocation;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A place in requests where a token may be. */
sealed interface TokenPlace {

    /** Tells of every token that is there; one that cannot be read is told as an empty text, which is no token. */
    void find(InboundCall call, Consumer<String> found);

    /** Hides what is there from the application. */
    void hide(InboundCall call, Hiding hiding);

    /** A header, after a prefix in any case: schemes have none (RFC 9110, section 11.1). */
    record Header(HeaderLocation location) implements TokenPlace {
        @Override
        public void find(InboundCall call, Consumer<String> found) {
            String prefix = location.prefix();
            for (String value : call.headerValues(location.name())) {
                if (value.regionMatches(true, 0, prefix, 0, prefix.length())) {
                    found.accept(value.substring(prefix.length()).strip());
                }
            }
        }

        @Override
        public void hide(InboundCall call, Hiding hiding) {
            hiding.header(location.name());
        }
    }

    /** A query parameter. */
    record Param(String name) implements TokenPlace {
        @Override
        public void find(InboundCall call, Consumer<String> found) {
            String query = call.query();
            if (query == null || query.isEmpty()) {
                return;
            }
            for (String pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                String key = decoded(equals < 0 ? pair : pair.substring(0, equals));
                if (name.equals(key)) {
                    String value = decoded(equals < 0 ? "" : pair.substring(equals + 1));
                    found.accept(value == null ? "" : value);
                }
            }
        }

        private static @Nullable String decoded(String text) {
            try {
                return URLDecoder.decode(text, StandardCharsets.UTF_8);
            } catch (IllegalArgumentException malformed) {
                return null;
            }
        }

        @Override
        public void hide(InboundCall call, Hiding hiding) {
            hiding.param(name);
        }
    }

    /** A cookie (RFC 6265, section 4.2). */
    record Cookie(String name) implements TokenPlace {
        @Override
        public void find(InboundCall call, Consumer<String> found) {
            for (String pair : pairs(call)) {
                int equals = pair.indexOf('=');
                if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
                    String value = pair.substring(equals + 1).strip();
                    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
                    found.accept(quoted ? value.substring(1, value.length() - 1) : value);
                }
            }
        }

        @Override
        public void hide(InboundCall call, Hiding hiding) {
            hiding.cookie(name);
        }

        /** {@return the name-value pairs of all cookie headers} */
        static List<String> pairs(InboundCall call) {
            List<String> pairs = new ArrayList<>();
            for (String header : call.headerValues("cookie")) {
                for (String pair : header.split(";", -1)) {
                    if (!pair.isBlank()) {
                        pairs.add(pair.strip());
                    }
                }
            }
            return pairs;
        }
    }
}
