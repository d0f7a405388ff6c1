package io.inmesh.server.ca;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;

/**
 * One entry of the deny list as it is stored.
 *
 * @param subject a serial number in lower-case hexadecimal digits, or a SPIFFE id
 * @param reason why, for other operators; may be empty
 * @param createdBy who denied it
 * @param createdEpochSecond when
 * @param untilEpochSecond from when it is allowed again; 0 is never
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Denial(String subject, String reason, String createdBy, long createdEpochSecond, long untilEpochSecond) {

    boolean over(Instant now) {
        return untilEpochSecond != 0 && now.getEpochSecond() >= untilEpochSecond;
    }

    /** {@return whether it denies an identity rather than one certificate} */
    boolean identity() {
        return subject.startsWith("spiffe://");
    }
}
