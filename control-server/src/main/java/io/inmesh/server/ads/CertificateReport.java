package io.inmesh.server.ads;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.ca.Caller;
import io.inmesh.server.model.ForeignText;
import io.inmesh.xds.core.Node;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a process says that its certificate stands: field {@value #FIELD} of its node's metadata. A claim, for people to read; nothing is
 * decided by it.
 *
 * @param serial serial number in hexadecimal digits
 * @param notAfter when it ends
 * @param health how well it is
 * @param failure why it could not be renewed, empty while that has not been tried or went well
 * @param failingSince since when it cannot be renewed
 * @param roots ids of the roots of the own trust domain that it trusts, as {@code meshctl ca root list} shows them; empty if unknown
 */
public record CertificateReport(
        String serial,
        Instant notAfter,
        Health health,
        String failure,
        Optional<Instant> failingSince,
        List<String> roots) {
    static final String FIELD = "INMESH_CERTIFICATE";

    private static final int MAX_ROOTS = 16;
    private static final int MAX_TEXT = 512;

    /** How well a certificate is. */
    public enum Health {
        /** It is valid for a good while. */
        SOUND,
        /** It should have been renewed long ago and ends soon: less than a quarter of its life is left. */
        DEGRADED,
        /** It has ended. */
        EXPIRED,
        /** The process does not say: only what it has connected with is known. */
        UNKNOWN
    }

    /** Copies the roots. */
    public CertificateReport {
        roots = List.copyOf(roots);
    }

    /** {@return whether somebody should look after it} */
    public boolean ailing() {
        return health == Health.DEGRADED || health == Health.EXPIRED;
    }

    /** {@return what a client's node says, else what is known of the certificate it has connected with; empty without one} */
    static Optional<CertificateReport> of(Caller caller, Node node) {
        return caller.chain().stream()
                .findFirst()
                .map(leaf -> of(node.getMetadata()).orElseGet(() -> of(leaf)));
    }

    private static Optional<CertificateReport> of(Struct metadata) {
        Struct fields =
                metadata.getFieldsOrDefault(FIELD, Value.getDefaultInstance()).getStructValue();
        return instant(text(fields, "expirationTime"))
                .map(end -> new CertificateReport(
                        text(fields, "serialNumber"),
                        end,
                        health(text(fields, "health")),
                        text(fields, "renewalFailure"),
                        instant(text(fields, "renewalFailingSince")),
                        Stream.of(text(fields, "roots").split(","))
                                .filter(id -> !id.isEmpty())
                                .limit(MAX_ROOTS)
                                .toList()));
    }

    private static CertificateReport of(X509Certificate leaf) {
        return new CertificateReport(
                leaf.getSerialNumber().toString(16),
                leaf.getNotAfter().toInstant(),
                Health.UNKNOWN,
                "",
                Optional.empty(),
                List.of());
    }

    private static Health health(String text) {
        return Stream.of(Health.values())
                .filter(health -> health.name().equals(text.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElse(Health.UNKNOWN);
    }

    private static Optional<Instant> instant(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeException notOne) {
            return Optional.empty();
        }
    }

    /** It ends up in terminals: nothing that moves a cursor gets there. */
    private static String text(Struct fields, String name) {
        return ForeignText.clean(
                fields.getFieldsOrDefault(name, Value.getDefaultInstance()).getStringValue(), MAX_TEXT);
    }
}
