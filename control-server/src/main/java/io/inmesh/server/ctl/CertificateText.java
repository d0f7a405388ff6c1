package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.CertificateFacts;
import io.inmesh.server.ca.Flaw;
import io.inmesh.server.ctl.Listing.Column;
import io.inmesh.server.model.Ages;
import java.io.PrintWriter;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Certificates and what is wrong with them, as JSON and for people. */
final class CertificateText {
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xxx", Locale.ROOT);

    private CertificateText() {}

    /** {@return a certificate with all its facts} */
    static ObjectNode json(X509Certificate certificate) {
        CertificateFacts facts = CertificateFacts.of(certificate);
        return Api.JSON
                .createObjectNode()
                .put("id", facts.id())
                .put("role", facts.role().name().toLowerCase(Locale.ROOT))
                .put("subject", facts.subject())
                .put("issuer", facts.issuer())
                .put("serial", facts.serial())
                .put("key", facts.key())
                .put("signature", facts.signature())
                .put("notBefore", facts.notBefore().toString())
                .put("notAfter", facts.notAfter().toString())
                .put("sha256", facts.sha256());
    }

    static ArrayNode json(List<X509Certificate> certificates) {
        ArrayNode list = Api.JSON.createArrayNode();
        certificates.forEach(certificate -> list.add(json(certificate)));
        return list;
    }

    static ArrayNode flaws(List<Flaw> flaws) {
        ArrayNode list = Api.JSON.createArrayNode();
        flaws.forEach(flaw -> list.addObject()
                .put("severity", flaw.refused() ? "ERROR" : "WARNING")
                .put("problem", flaw.problem())
                .put("remedy", flaw.remedy()));
        return list;
    }

    /** Prints flaws as JSON has them, one a line. */
    static void print(PrintWriter out, JsonNode flaws) {
        for (JsonNode flaw : flaws) {
            out.println(flaw.path("severity").asText().toLowerCase(Locale.ROOT) + " "
                    + flaw.path("problem").asText() + "; " + flaw.path("remedy").asText());
        }
    }

    /**
     * {@return how certificates are listed, oldest fact first}
     *
     * @param items member of the answer that has them
     * @param more columns between what they are and who has issued them
     */
    static Listing listing(String items, Instant now, Column... more) {
        List<Column> columns = new ArrayList<>(List.of(Column.of("ID", "id"), Column.of("SUBJECT", "subject")));
        columns.addAll(Arrays.asList(more));
        columns.addAll(List.of(
                Column.of("ROLE", "role"),
                Column.of("KEY", "key"),
                Column.of("ENDS", one -> moment(one.path("notAfter").asText(), now)),
                Column.of("ISSUER", "issuer"),
                new Column("BEGINS", true, one -> moment(one.path("notBefore").asText(), now)),
                Column.wide("SERIAL", "serial"),
                Column.wide("SIGNED BY", "signature"),
                Column.wide("SHA-256", "sha256")));
        return new Listing(items, "id", columns);
    }

    /** {@return a moment as this machine's clock has it, and how far away it is: {@code 2026-01-31 13:00:00 +01:00 (in 5h)}} */
    static String moment(String instant, Instant now) {
        Instant moment = Instant.parse(instant);
        Duration until = Duration.between(now, moment);
        String age = Ages.text(until);
        return LOCAL.format(moment.atZone(ZoneId.systemDefault())) + " ("
                + (until.isNegative() ? age + " ago" : "in " + age) + ")";
    }
}
