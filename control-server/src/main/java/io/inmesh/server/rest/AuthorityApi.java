package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.AuditEntry;
import io.inmesh.server.ca.AuditLog;
import io.inmesh.server.ca.CertificateAuthority;
import io.inmesh.server.ca.RootRotation;
import io.inmesh.server.ca.RootStatus;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The certificate authority: how it stands, the steps that replace its root, and the audit log. */
final class AuthorityApi {

    private static final int PAGE = 500;
    private static final int MAX_PAGE = 5_000;

    private final CertificateAuthority authority;
    private final RootRotation rotation;
    private final AuditLog audit;

    AuthorityApi(CertificateAuthority authority, RootRotation rotation, AuditLog audit) {
        this.authority = authority;
        this.rotation = rotation;
        this.audit = audit;
    }

    /** {@return whether this answers a path below {@code /inmesh/v1}} */
    static boolean knows(List<String> path) {
        return path.get(0).equals("audit")
                || (path.get(0).equals("ca") && (path.size() == 1 || path.get(1).equals("roots")));
    }

    void handle(Exchange exchange, List<String> path, String actor) throws IOException, HttpProblem {
        String call = exchange.method() + " " + String.join("/", path);
        switch (call) {
            case "GET ca" -> status(exchange);
            case "GET ca/roots" -> exchange.json(200, roots());
            case "POST ca/roots" -> add(exchange, actor);
            case "GET audit" -> page(exchange);
            case "GET audit/verify" -> verify(exchange);
            default -> {
                boolean step = path.size() == 4
                        && path.get(1).equals("roots")
                        && exchange.method().equals("POST");
                switch (step ? path.get(3) : "") {
                    case "activate", "retire" -> step(exchange, path.get(2), path.get(3), actor);
                    default -> throw HttpProblem.notFound("/inmesh/v1/" + String.join("/", path));
                }
            }
        }
    }

    private void status(Exchange exchange) throws IOException {
        AuditLog.Head head = audit.head();
        ObjectNode body = roots().put("trustDomain", authority.trustDomain())
                .put("leafSeconds", authority.leafValidity().toSeconds())
                .put("keysEncrypted", authority.encryptsKeys());
        body.putObject("audit").put("number", head.number()).put("hash", head.hash());
        exchange.json(200, body);
    }

    private ObjectNode roots() {
        ObjectNode body = Exchange.JSON.createObjectNode();
        ArrayNode list = body.putArray("roots");
        rotation.list().forEach(root -> root(list.addObject(), root));
        return body;
    }

    private static ObjectNode root(ObjectNode node, RootStatus root) {
        node.put("id", root.id())
                .put("state", root.state().name().toLowerCase(Locale.ROOT))
                .put("since", root.since().toString())
                .put("subject", root.certificate().getSubjectX500Principal().getName())
                .put("algorithm", root.algorithm())
                .put("notAfter", root.certificate().getNotAfter().toInstant().toString())
                .put("rootKey", root.rootKey());
        root.intermediateEnd().ifPresent(end -> node.put("intermediateNotAfter", end.toString()));
        ArrayNode waiting = node.putArray("waitingFor");
        root.waitingFor().forEach(waiting::add);
        return node;
    }

    private void add(Exchange exchange, String actor) throws IOException, HttpProblem {
        String pem = exchange.object().path("pem").asText("");
        try {
            answer(exchange, rotation.add(pem.isEmpty() ? null : pem, actor));
        } catch (RootRotation.Refused e) {
            throw refused(e);
        }
    }

    private void step(Exchange exchange, String id, String step, String actor) throws IOException, HttpProblem {
        boolean force = exchange.object().path("force").asBoolean(false);
        try {
            answer(
                    exchange,
                    step.equals("activate") ? rotation.activate(id, force, actor) : rotation.retire(id, force, actor));
        } catch (RootRotation.Refused e) {
            throw refused(e);
        }
    }

    private static void answer(Exchange exchange, RootRotation.Done done) throws IOException {
        ObjectNode body = root(Exchange.JSON.createObjectNode(), done.root());
        ArrayNode notes = body.putArray("notes");
        done.notes().forEach(notes::add);
        exchange.json(200, body);
    }

    private static HttpProblem refused(RootRotation.Refused e) {
        return HttpProblem.conflict(String.valueOf(e.getMessage()));
    }

    private void page(Exchange exchange) throws IOException, HttpProblem {
        long from = exchange.number("from", 1);
        long limit = exchange.number("limit", PAGE);
        if (limit < 1 || limit > MAX_PAGE) {
            throw HttpProblem.badRequest("limit has to be from 1 to " + MAX_PAGE + ", not " + limit);
        }
        Instant since = since(exchange.parameter("since"));
        String event = exchange.parameter("event");
        Predicate<AuditEntry> wanted = entry -> (since == null || !entry.time().isBefore(since))
                && (event == null || event.isEmpty() || entry.event().equals(event));
        AuditLog.Page page =
                audit.page(since == null ? from : Math.max(from, audit.firstSince(since)), wanted, (int) limit);
        ObjectNode body = Exchange.JSON.createObjectNode();
        ArrayNode entries = body.putArray("entries");
        page.entries().forEach(entry -> entries.add(entry.json()));
        AuditLog.Head head = page.head();
        if (page.next() <= head.number()) {
            body.put("next", page.next());
        }
        body.putObject("head").put("number", head.number()).put("hash", head.hash());
        exchange.json(200, body);
    }

    private static @Nullable Instant since(@Nullable String text) throws HttpProblem {
        try {
            return text == null || text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw HttpProblem.badRequest("since has to be a time such as 2026-06-01T12:00:00Z, not \"" + text + "\"");
        }
    }

    private void verify(Exchange exchange) throws IOException {
        AuditLog.Verification found = audit.verify();
        ObjectNode body = Exchange.JSON
                .createObjectNode()
                .put("first", found.first())
                .put("last", found.last())
                .put("hash", found.hash())
                .put("intact", found.problem() == null);
        if (found.problem() != null) {
            body.put("problem", found.problem());
        }
        exchange.json(200, body);
    }
}
