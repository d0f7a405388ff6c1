package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.ChainReview;
import io.inmesh.server.ca.Flaw;
import io.inmesh.server.ca.TrustedRoots;
import io.inmesh.server.ctl.Listing.Column;
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
        name = "trust-compare",
        description = {
            "Says which roots two trust, and why a handshake between them would fail. Exits with 1 if it would, or if that cannot be known.",
            "A and B are PEM files, folders with cert.pem and root.pem, host:port of servers, or processes as meshctl status shows them."
        })
final class TrustCompare extends MeshCommand {

    @Parameters(index = "0", paramLabel = "A", description = "One of the two.")
    @Offered(Offer.PROCESSES)
    private String first = "";

    @Parameters(index = "1", paramLabel = "B", description = "The other one.")
    @Offered(Offer.PROCESSES)
    private String second = "";

    @Mixin
    private final ListForm form = new ListForm();

    @Override
    int run(Api api) throws Failure, IOException {
        String output = form.asked();
        Instant now = Instant.now();
        Parties parties = new Parties(api, namespace());
        Party a = parties.find(first);
        Party b = parties.find(second);
        List<Flaw> flaws = new ArrayList<>();
        if (Stream.of(a, b).anyMatch(party -> party.from().equals("process"))) {
            flaws.addAll(parties.denied(a));
            flaws.addAll(parties.denied(b));
        }
        ObjectNode body = compared(a, b, new ChainReview(now), flaws);
        CertificateText.listing("roots", now, trusted("A TRUSTS IT", a), trusted("B TRUSTS IT", b))
                .print(out(), output, body);
        if (output.equals("table") || output.equals("wide")) {
            out().println(body.path("answer").asText());
            CertificateText.print(out(), body.path("flaws"));
        }
        return body.path("handshake").asText().equals("succeeds") ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private static Column trusted(String title, Party party) {
        return Column.of(title, root -> {
            if (party.trust() == null) {
                return "?";
            }
            for (JsonNode name : root.path("trustedBy")) {
                if (name.asText().equals(party.name())) {
                    return "yes";
                }
            }
            return "no";
        });
    }

    private static ObjectNode compared(Party a, Party b, ChainReview review, List<Flaw> flaws) {
        ObjectNode body = Api.JSON.createObjectNode().put("a", a.name()).put("b", b.name());
        ArrayNode list = body.putArray("roots");
        List<X509Certificate> both =
                Stream.concat(roots(a).stream(), roots(b).stream()).distinct().toList();
        long shared = 0;
        for (X509Certificate root : both) {
            ArrayNode by = list.addObject().setAll(CertificateText.json(root)).withArray("trustedBy");
            Stream.of(a, b).filter(party -> roots(party).contains(root)).forEach(party -> by.add(party.name()));
            shared += by.size() == 2 ? 1 : 0;
        }
        for (Party party : List.of(a, b)) {
            flaws.addAll(review.flaws(party.chain()));
            flaws.addAll(party.known());
        }
        boolean known = judged(a, b, review, flaws) & judged(b, a, review, flaws);
        boolean refused = flaws.stream().anyMatch(Flaw::refused);
        body.put("sharedRoots", shared)
                .put("handshake", refused ? "fails" : known ? "succeeds" : "unknown")
                .put("answer", answer(a, b, shared, refused, known));
        body.set("flaws", CertificateText.flaws(flaws.stream().distinct().toList()));
        return body;
    }

    private static String answer(Party a, Party b, long shared, boolean refused, boolean known) {
        String roots = a.trust() == null || b.trust() == null
                ? ""
                : a.name() + " and " + b.name()
                        + (shared == 0
                                ? " share no root; "
                                : " share " + (shared == 1 ? "a root; " : shared + " roots; "));
        return roots
                + (refused
                        ? "a handshake between them fails:"
                        : known
                                ? "a handshake between them succeeds"
                                : "what can be known speaks for a handshake between them, but not everything can:");
    }

    /** {@return whether it is known what one of them makes of the other; a refusal is added to the flaws} */
    private static boolean judged(Party judge, Party other, ChainReview review, List<Flaw> flaws) {
        TrustedRoots trust = judge.trust();
        if (trust == null) {
            flaws.add(new Flaw(
                    false,
                    "the roots that " + judge.name() + " trusts are not known here",
                    judge.from().equals("file")
                            ? "name a folder with cert.pem and root.pem, or a file with both"
                            : "compare the file it has them from"));
            return false;
        }
        boolean nothingToShow = other.chain().isEmpty() && other.from().equals("file");
        if (nothingToShow) {
            flaws.add(new Flaw(
                    false,
                    other.name() + " holds roots, and no certificate that could be shown to " + judge.name(),
                    "name a folder with cert.pem and root.pem, or a file with both"));
            return false;
        }
        review.refusal(judge.name(), other.chain(), trust).ifPresent(flaws::add);
        return true;
    }

    private static List<X509Certificate> roots(Party party) {
        TrustedRoots trust = party.trust();
        return trust == null ? List.of() : trust.all();
    }
}
