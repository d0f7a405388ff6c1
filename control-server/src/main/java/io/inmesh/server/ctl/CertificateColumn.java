package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.model.Ages;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** How the certificate of a process stands, from its entry in the answer of {@code /inmesh/v1/status}. */
final class CertificateColumn {
    private static final String SOUND = "SOUND";

    private CertificateColumn() {}

    /** {@return how much of it is left, and whether that is too little: {@code 5h degraded}} */
    static String left(JsonNode process) {
        JsonNode certificate = process.path("certificate");
        if (certificate.isMissingNode()) {
            return "-";
        }
        Duration left = Duration.ofSeconds(certificate.path("secondsLeft").asLong());
        return left.isNegative() ? "ended" : Ages.text(left) + (ailing(process) ? " " + health(certificate) : "");
    }

    /** {@return whether it should have been renewed long ago, or has ended} */
    static boolean ailing(JsonNode process) {
        String health = process.path("certificate").path("health").asText();
        return health.equals("DEGRADED") || health.equals("EXPIRED");
    }

    /** {@return what is wrong with it, for a line of its own; empty if nothing is} */
    static String trouble(JsonNode process) {
        JsonNode certificate = process.path("certificate");
        String failure = certificate.path("renewalFailure").asText();
        if (failure.isEmpty() && !ailing(process)) {
            return "";
        }
        String since = certificate.path("renewalFailingSince").asText();
        return "certificate " + (ailing(process) ? health(certificate) : SOUND.toLowerCase(Locale.ROOT)) + ", ends at "
                + certificate.path("notAfter").asText()
                + (failure.isEmpty()
                        ? "; it has not been renewed"
                        : "; it cannot be renewed" + (since.isEmpty() ? "" : since(since)) + ": " + failure);
    }

    /** {@return its serial number, to be denied by} */
    static String serial(JsonNode process) {
        return process.path("certificate").path("serial").asText();
    }

    /** {@return ids of the roots that the process trusts} */
    static String roots(JsonNode process) {
        StringBuilder ids = new StringBuilder();
        process.path("certificate")
                .path("trustedRoots")
                .forEach(id -> ids.append(ids.isEmpty() ? "" : ",").append(id.asText()));
        return ids.toString();
    }

    private static String health(JsonNode certificate) {
        return certificate.path("health").asText().toLowerCase(Locale.ROOT);
    }

    private static String since(String instant) {
        return " since " + Instant.parse(instant);
    }
}
