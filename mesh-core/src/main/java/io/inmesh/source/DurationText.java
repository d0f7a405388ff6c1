package io.inmesh.source;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Time spans as Istio writes them: {@code 250ms}, {@code 1.5s}, {@code 1h30m}. Source: Go {@code time.ParseDuration}. */
final class DurationText {

    private static final Map<String, Long> NANOS = Map.of(
            "ns",
            1L,
            "us",
            1_000L,
            "ms",
            1_000_000L,
            "s",
            1_000_000_000L,
            "m",
            60_000_000_000L,
            "h",
            3_600_000_000_000L);
    private static final Pattern PART = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ns|us|ms|s|m|h)");

    private DurationText() {}

    static Duration parse(String text) {
        Matcher matcher = PART.matcher(text);
        BigDecimal nanos = BigDecimal.ZERO;
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            nanos = nanos.add(new BigDecimal(matcher.group(1))
                    .multiply(BigDecimal.valueOf(NANOS.getOrDefault(matcher.group(2), 0L))));
            end = matcher.end();
        }
        if (end == 0 || end != text.length()) {
            throw new IllegalArgumentException(text);
        }
        long seconds =
                nanos.divideToIntegralValue(BigDecimal.valueOf(1_000_000_000L)).longValue();
        long rest = nanos.remainder(BigDecimal.valueOf(1_000_000_000L)).longValue();
        return Duration.ofSeconds(seconds, rest);
    }
}
