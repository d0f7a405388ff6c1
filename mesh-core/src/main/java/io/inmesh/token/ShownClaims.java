package io.inmesh.token;

import io.inmesh.config.JwtRuleConfig.ClaimHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Headers in which the application finds what a token says. */
final class ShownClaims {

    private final String payloadHeader;
    private final List<ClaimHeader> claimHeaders;

    ShownClaims(String payloadHeader, List<ClaimHeader> claimHeaders) {
        this.payloadHeader = payloadHeader;
        this.claimHeaders = claimHeaders;
    }

    List<Map.Entry<String, String>> of(Map<String, @Nullable Object> claims, String payload) {
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        if (!payloadHeader.isEmpty()) {
            headers.add(Map.entry(payloadHeader, payload));
        }
        for (ClaimHeader wanted : claimHeaders) {
            String text = text(find(claims, wanted.claim()));
            if (text != null) {
                headers.add(Map.entry(wanted.header(), text));
            }
        }
        return headers;
    }

    private static @Nullable Object find(Map<String, @Nullable Object> claims, String name) {
        @Nullable Object value = claims;
        for (String part : name.split("\\.", -1)) {
            value = value instanceof Map<?, ?> object ? object.get(part) : null;
        }
        return value;
    }

    /** {@return a value as text, null if it is of another type or cannot stand in a header} */
    private static @Nullable String text(@Nullable Object value) {
        if (value instanceof Long || value instanceof Boolean) {
            return value.toString();
        }
        return value instanceof String text && text.chars().allMatch(c -> c >= ' ' && c < 0x7f) ? text : null;
    }
}
