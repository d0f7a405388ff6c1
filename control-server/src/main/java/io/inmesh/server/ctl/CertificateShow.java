package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.ChainReview;
import io.inmesh.server.ca.Flaw;
import io.inmesh.server.ca.TrustedRoots;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "show",
        description = {
            "Shows certificates, what is wrong with them, and what to do about it. Exits with 1 if they are refused.",
            "WHAT is a PEM file, a folder with cert.pem and root.pem, host:port of a server, or a process as meshctl status shows it."
        })
final class CertificateShow extends MeshCommand {

    @Parameters(paramLabel = "WHAT", description = "Whose certificates.")
    @Offered(Offer.PROCESSES)
    private String what = "";

    @Mixin
    private final ListForm form = new ListForm();

    @Override
    int run(Api api) throws Failure, IOException {
        String output = form.asked();
        Instant now = Instant.now();
        Party party = new Parties(api, namespace()).find(what);
        List<Flaw> flaws = flaws(party, new ChainReview(now));
        ObjectNode body = Api.JSON.createObjectNode().put("name", party.name()).put("from", party.from());
        body.set("certificates", CertificateText.json(shown(party)));
        body.set("flaws", CertificateText.flaws(flaws));
        CertificateText.listing("certificates", now).print(out(), output, body);
        if (output.equals("table") || output.equals("wide")) {
            CertificateText.print(out(), body.path("flaws"));
        }
        return flaws.stream().anyMatch(Flaw::refused) ? ExitCode.FINDINGS : ExitCode.OK;
    }

    /** What it shows others, then whom it trusts. */
    private static List<X509Certificate> shown(Party party) {
        TrustedRoots trust = party.trust();
        return Stream.concat(party.chain().stream(), trust == null ? Stream.of() : trust.all().stream())
                .distinct()
                .toList();
    }

    static List<Flaw> flaws(Party party, ChainReview review) {
        List<Flaw> flaws = new ArrayList<>(review.flaws(party.chain()));
        TrustedRoots trust = party.trust();
        if (trust != null) {
            flaws.addAll(review.flaws(trust.all()));
            if (flaws.stream().noneMatch(Flaw::refused) && !party.chain().isEmpty()) {
                review.refusal(party.name(), party.chain(), trust).ifPresent(flaws::add);
            }
        }
        if (party.chain().isEmpty() && party.from().equals("process")) {
            flaws.add(new Flaw(
                    true,
                    party.name() + " has connected without a certificate",
                    "give it a join token or another credential: meshctl token create"));
        }
        flaws.addAll(party.known());
        return flaws;
    }
}
