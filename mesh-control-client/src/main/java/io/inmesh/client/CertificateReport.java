package io.inmesh.client;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.TrustBundle;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What this process tells its control server about its certificate: field {@value #FIELD} of the node's metadata, whose names are those
 * of Envoy's {@code admin.v3.CertificateDetails} as far as that has them. It goes along when a stream begins, and again when there is
 * news. All methods on the control thread.
 */
final class CertificateReport {
    static final String FIELD = "INMESH_CERTIFICATE";

    private static final int ROOT_ID_BYTES = 6;
    private static final int MAX_REASON = 500;

    private final IdentityHolder holder;
    private final Runnable tell;
    private @Nullable String failure;
    private long failingSinceMillis;
    private @Nullable Value told;

    /**
     * Makes a report of the certificate in {@code holder}.
     *
     * @param tell sends the node again, which calls {@link #take}
     */
    CertificateReport(IdentityHolder holder, Runnable tell) {
        this.holder = holder;
        this.tell = tell;
    }

    /** Notes that the certificate could not be renewed. */
    void failed(String reason, long nowMillis) {
        if (failure == null) {
            failingSinceMillis = nowMillis;
        }
        failure = reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) : reason;
        look();
    }

    /** Notes that there is another certificate; the stream that begins with it tells. */
    void renewed() {
        failure = null;
    }

    /** Tells if there is news. */
    void look() {
        if (holder.current() != null && !now().equals(told)) {
            tell.run();
        }
    }

    /** {@return what is told with the next message, null without a certificate} */
    @Nullable
    Value take() {
        told = holder.current() == null ? null : now();
        return told;
    }

    private Value now() {
        IdentityEpoch epoch = Objects.requireNonNull(holder.current());
        X509Certificate leaf = epoch.identity().leaf();
        Struct.Builder fields = Struct.newBuilder()
                .putFields("serialNumber", text(leaf.getSerialNumber().toString(16)))
                .putFields("validFrom", text(leaf.getNotBefore().toInstant().toString()))
                .putFields("expirationTime", text(leaf.getNotAfter().toInstant().toString()))
                .putFields("health", text(epoch.health().name()))
                .putFields(
                        "roots", text(roots(epoch.trust(), epoch.identity().id().trustDomain())));
        if (failure != null) {
            fields.putFields("renewalFailure", text(failure))
                    .putFields(
                            "renewalFailingSince",
                            text(Instant.ofEpochMilli(failingSinceMillis).toString()));
        }
        return Value.newBuilder().setStructValue(fields).build();
    }

    /** {@return how the control server's {@code meshctl ca root list} calls the roots of the own trust domain} */
    private static String roots(TrustBundle trust, String trustDomain) {
        return trust.rootsOf(trustDomain).stream()
                .map(CertificateReport::id)
                .sorted()
                .collect(Collectors.joining(","));
    }

    private static String id(X509Certificate root) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(root.getEncoded());
            return HexFormat.of().formatHex(hash, 0, ROOT_ID_BYTES);
        } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
            throw new IllegalStateException("a root that is trusted has an encoding and SHA-256", e);
        }
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }
}
