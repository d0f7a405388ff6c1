package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ctl.Check.State;
import io.inmesh.server.model.Ages;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Judges a mesh by what its control server answers: {@code meshctl check} without I/O. For one use. */
final class Checkup {

    /** From here on the clocks of server and tool are worth a word; certificates are judged by such clocks. */
    static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

    /** A root has to be replaced everywhere, and that takes preparation. Source: {@code linkerd check} warns as early. */
    static final Duration ROOT_LEFT = Duration.ofDays(60);

    private static final String SERVER = "control server";
    private static final String CONFIGURATION = "configuration";
    private static final String PROCESSES = "processes";
    private static final String AUTHORITY = "certificate authority";

    private final List<Check> checks = new ArrayList<>();

    /** {@return what was looked at so far, in order} */
    List<Check> checks() {
        return List.copyOf(checks);
    }

    /** {@return whether nothing fails} */
    boolean healthy() {
        return checks.stream().noneMatch(check -> check.state() == State.FAIL);
    }

    /** {@return the same for programs} */
    ObjectNode json() {
        ObjectNode body = Api.JSON.createObjectNode().put("healthy", healthy());
        ArrayNode list = body.putArray("checks");
        checks.forEach(check -> check.write(list.addObject()));
        return body;
    }

    /**
     * Looks at the server and at its processes.
     *
     * @param status answer of {@code /inmesh/v1/status}
     * @param now time here
     */
    void status(JsonNode status, Instant now) {
        clock(status, now);
        store(status.path("store"));
        replicas(status.path("replicas"));
        Silence.of(status).forEach(line -> add(SERVER, "all-answer", State.WARN, line, Silence.REMEDY));
        if (status.path("openOnLoopback").asBoolean()) {
            add(
                    SERVER,
                    "access",
                    State.WARN,
                    "whoever is on its machine may do everything",
                    "give it the section access in its settings (docs/security.md)");
        }
        status.path("sources").forEach(this::source);
        status.path("folderProblems")
                .forEach(problem -> add(
                        CONFIGURATION,
                        "kept",
                        State.FAIL,
                        problem.asText(),
                        "until that is mended the state before it is in force"));
        List<String> unenforced = new ArrayList<>();
        status.path("unenforced")
                .forEach(entry -> unenforced.add(entry.path("resource").asText()));
        add(
                CONFIGURATION,
                "in-force",
                unenforced.isEmpty() ? State.OK : State.WARN,
                unenforced.isEmpty() ? "all of it is in force" : "not enforced: " + some(unenforced),
                unenforced.isEmpty() ? "" : "meshctl status says why");
        processes(status);
    }

    /**
     * Looks at versions.
     *
     * @param own version of this tool; null if it has none
     * @param server answer of {@code /version}
     * @param status answer of {@code /inmesh/v1/status}
     */
    void versions(@Nullable String own, JsonNode server, JsonNode status) {
        String told = server.path("gitVersion").asText();
        String theirs = told.substring(told.lastIndexOf("inmesh.") + (told.contains("inmesh.") ? 7 : 1));
        Release reference = Release.of(theirs);
        Set<String> apart = new TreeSet<>();
        if (reference != null && reference.apart(Release.of(own))) {
            apart.add("meshctl " + own);
        }
        for (JsonNode process : status.path("processes")) {
            String agent = process.path("userAgent").asText();
            if (reference != null
                    && agent.startsWith("inmesh-")
                    && reference.apart(Release.of(agent.substring(agent.lastIndexOf(' ') + 1)))) {
                apart.add(process.path("name").asText() + " " + agent);
            }
        }
        add(
                SERVER,
                "version",
                apart.isEmpty() ? State.OK : State.WARN,
                theirs + (apart.isEmpty() ? "" : "; more than a minor version apart: " + some(apart)),
                apart.isEmpty() ? "" : "upgrade the server first, then what is behind it");
    }

    /** Looks at the findings of the configuration, the answer of {@code /inmesh/v1/analyze}. */
    void findings(Api.Answer answer) {
        if (skipped(answer, CONFIGURATION, "findings")) {
            return;
        }
        int errors = 0;
        int warnings = 0;
        for (JsonNode problem : answer.body().path("problems")) {
            switch (problem.path("severity").asText()) {
                case "ERROR" -> errors++;
                case "WARNING" -> warnings++;
                default -> {}
            }
        }
        boolean none = errors + warnings == 0;
        add(
                CONFIGURATION,
                "findings",
                errors > 0 ? State.FAIL : none ? State.OK : State.WARN,
                none ? "none" : errors + " errors, " + warnings + " warnings",
                none ? "" : "meshctl analyze shows them");
    }

    /**
     * Looks at the roots, and whether every process trusts the one that signs.
     *
     * @param answer answer of {@code /inmesh/v1/ca}
     * @param status answer of {@code /inmesh/v1/status}
     * @param now time here
     */
    void authority(Api.Answer answer, JsonNode status, Instant now) {
        if (skipped(answer, AUTHORITY, "roots")) {
            return;
        }
        for (JsonNode root : answer.body().path("roots")) {
            if (!root.path("state").asText().equals("active")) {
                continue;
            }
            String id = root.path("id").asText();
            Instant end = Instant.parse(root.path("notAfter").asText());
            Duration left = Duration.between(now, end);
            boolean over = left.isNegative();
            boolean soon = left.compareTo(ROOT_LEFT) < 0;
            add(
                    AUTHORITY,
                    "root",
                    over ? State.FAIL : soon ? State.WARN : State.OK,
                    id + (over ? " has ended" : " has " + Ages.text(left) + " left"),
                    soon ? "begin with meshctl ca root add (docs/security.md)" : "");
            List<String> without = named(
                    status,
                    process -> process.path("certificate").path("trustedRoots").size() > 0 && !trusts(process, id));
            add(
                    AUTHORITY,
                    "trust",
                    without.isEmpty() ? State.OK : State.FAIL,
                    without.isEmpty()
                            ? "every process that says what it trusts trusts it"
                            : "handshakes with these fail, which do not trust it: " + some(without),
                    without.isEmpty() ? "" : "restart them, or meshctl cert trust-compare");
        }
    }

    private static boolean trusts(JsonNode process, String root) {
        for (JsonNode trusted : process.path("certificate").path("trustedRoots")) {
            if (trusted.asText().equals(root)) {
                return true;
            }
        }
        return false;
    }

    private void clock(JsonNode status, Instant now) {
        if (!status.has("now")) {
            return;
        }
        Duration apart = Duration.between(Instant.parse(status.path("now").asText()), now);
        boolean far = apart.abs().compareTo(CLOCK_SKEW) > 0;
        add(
                SERVER,
                "clock",
                far ? State.WARN : State.OK,
                far
                        ? "its clock is " + Ages.text(apart.abs()) + (apart.isNegative() ? " ahead of" : " behind")
                                + " the one here"
                        : "agrees with the one here",
                far ? "set both by NTP: certificates are judged by them" : "");
    }

    private void store(JsonNode store) {
        boolean behind = store.has("behindSince");
        add(
                SERVER,
                "store",
                behind ? State.FAIL : State.OK,
                behind
                        ? "not heard since " + store.path("behindSince").asText() + ": "
                                + store.path("reason").asText()
                        : "answers",
                behind ? "what is known is served; see docs/operations.md for the store" : "");
        if (store.has("refusingSince")) {
            add(
                    SERVER,
                    "store-takes-changes",
                    State.FAIL,
                    "none since " + store.path("refusingSince").asText() + ": "
                            + store.path("refused").asText(),
                    "what is known is served; nothing can be changed, nor certificates be issued, until that is mended");
        }
    }

    private void replicas(JsonNode replicas) {
        if (replicas.size() < 2) {
            return;
        }
        boolean led = false;
        Set<String> roots = new TreeSet<>();
        for (JsonNode replica : replicas) {
            led |= replica.path("leads").asBoolean();
            roots.add(replica.path("root").asText());
        }
        add(
                SERVER,
                "leader",
                led ? State.OK : State.FAIL,
                led ? "one of " + replicas.size() + " servers leads" : "none of " + replicas.size() + " servers leads",
                led ? "" : "rollouts stand still until one does; does the store answer?");
        if (roots.size() > 1) {
            add(
                    SERVER,
                    "one-root",
                    State.WARN,
                    "the servers sign below different roots, so processes of one do not trust those of another",
                    "look again in a minute; if it stays so, they are no servers of one store (docs/operations.md)");
        }
    }

    private void source(JsonNode source) {
        String state = source.path("state").asText();
        boolean answers = state.equals("ANSWERING");
        String problem = source.path("problem").asText();
        add(
                CONFIGURATION,
                "source",
                answers ? State.OK : State.WARN,
                source.path("name").asText() + " is " + state.toLowerCase(Locale.ROOT)
                        + (problem.isEmpty() ? "" : ": " + problem),
                answers ? "" : "what it said last is in use (docs/registries.md)");
    }

    private void processes(JsonNode status) {
        int count = status.path("processes").size();
        add(PROCESSES, "connected", State.OK, count == 0 ? "none" : Integer.toString(count), "");
        Set<String> connected = new TreeSet<>();
        status.path("processes").forEach(process -> connected.add(name(process)));
        List<String> away = new ArrayList<>();
        status.path("workloads").forEach(workload -> away.add(name(workload)));
        away.removeAll(connected);
        // Those registered are known of all servers, those connected of the one that answers.
        if (!away.isEmpty() && status.path("replicas").size() < 2) {
            add(
                    PROCESSES,
                    "away",
                    State.WARN,
                    "registered and not connected: " + some(away),
                    "they run with what they have; can they reach a control server?");
        }
        if (count == 0) {
            return;
        }
        List<String> rejected = named(status, process -> stands(process, "REJECTED"));
        List<String> stale = named(status, process -> stands(process, "STALE"));
        add(
                PROCESSES,
                "in-sync",
                !rejected.isEmpty() ? State.FAIL : stale.isEmpty() ? State.OK : State.WARN,
                !rejected.isEmpty()
                        ? "refuse their configuration: " + some(rejected)
                        : stale.isEmpty()
                                ? "all run the newest configuration"
                                : "have not taken over the newest configuration yet: " + some(stale),
                rejected.isEmpty() && stale.isEmpty() ? "" : "meshctl status says which part and why");
        List<String> ailing = named(status, CertificateColumn::ailing);
        List<String> unrenewed =
                named(status, process -> !CertificateColumn.trouble(process).isEmpty());
        add(
                PROCESSES,
                "certificates",
                !ailing.isEmpty() ? State.FAIL : unrenewed.isEmpty() ? State.OK : State.WARN,
                !ailing.isEmpty()
                        ? "ended, or overdue to be renewed: " + some(ailing)
                        : unrenewed.isEmpty() ? "all are good" : "cannot be renewed at the moment: " + some(unrenewed),
                ailing.isEmpty() && unrenewed.isEmpty() ? "" : "meshctl status says why");
    }

    private static String name(JsonNode process) {
        return process.path("namespace").asText() + "/" + process.path("name").asText();
    }

    private static boolean stands(JsonNode process, String state) {
        return process.path("state").asText().equals(state);
    }

    private static List<String> named(JsonNode status, Predicate<JsonNode> which) {
        List<String> names = new ArrayList<>();
        for (JsonNode process : status.path("processes")) {
            if (which.test(process)) {
                names.add(process.path("name").asText());
            }
        }
        return names;
    }

    /** Whoever may not see something still learns of the rest. */
    private boolean skipped(Api.Answer answer, String group, String id) {
        if (!answer.ok()) {
            add(group, id, State.SKIP, answer.message(), "ask as somebody who may see it");
        }
        return !answer.ok();
    }

    private static String some(Iterable<String> names) {
        List<String> all = new ArrayList<>();
        names.forEach(all::add);
        return all.size() <= 5
                ? String.join(", ", all)
                : String.join(", ", all.subList(0, 5)) + " and " + (all.size() - 5) + " more";
    }

    private void add(String group, String id, State state, String detail, String hint) {
        checks.add(new Check(group, id, state, detail, hint));
    }
}
