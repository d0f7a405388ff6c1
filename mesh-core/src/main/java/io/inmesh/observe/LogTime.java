package io.inmesh.observe;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes times of the access log, to the millisecond. Most are of the second that was written last, whose text is kept. For one thread. */
final class LogTime {

    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.").withZone(ZoneOffset.UTC);
    private static final int MILLIS_PER_SECOND = 1000;

    private long second;
    private String text = SECOND.format(Instant.EPOCH);

    /** Writes a time into the value that is open. */
    void write(long epochMillis, JsonLine line) {
        long wanted = Math.floorDiv(epochMillis, MILLIS_PER_SECOND);
        if (wanted != second) {
            text = SECOND.format(Instant.ofEpochSecond(wanted));
            second = wanted;
        }
        int millis = Math.floorMod(epochMillis, MILLIS_PER_SECOND);
        line.part(text)
                .part(millis / 100)
                .part(millis / 10 % 10)
                .part(millis % 10)
                .part("Z");
    }
}
