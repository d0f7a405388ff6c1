package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Duration;
import io.inmesh.server.access.Permission;
import io.inmesh.server.access.Role;
import io.inmesh.server.peer.Askable;
import io.inmesh.server.peer.Fleet;
import io.inmesh.server.peer.Heard;
import io.inmesh.server.relay.Relays;
import io.inmesh.xds.relay.Answer;
import io.inmesh.xds.relay.Believe;
import io.inmesh.xds.relay.Find;
import io.inmesh.xds.relay.LogLevel;
import io.inmesh.xds.relay.Question;
import io.inmesh.xds.relay.Tap;
import io.inmesh.xds.relay.Ticket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Questions to running processes: requests as they end, one seen lately, what configuration is believed in, log levels. */
final class LiveApi {

    /** Taps that are open at once, of all callers. */
    static final int MOST_TAPS = 20;

    /** Processes that one question goes to. */
    static final int MOST_PROCESSES = 100;

    private static final int QUEUED = 2000;
    private static final int MOST_PER_SECOND = 100;
    private static final int MOST_REQUESTS = 1000;
    private static final int LONGEST_TAP_SECONDS = 300;
    private static final int DEFAULT_PER_SECOND = 10;
    private static final int DEFAULT_SECONDS = 60;
    private static final int DEFAULT_LOG_SECONDS = 600;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long HEARTBEAT_MILLIS = 2000;
    /** A process ends a tap itself; one that has no time to say so is not waited for longer than this. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** What requests can be asked for by; a word that fits none of them would be waited for in vain. */
    private static final Pattern TAP_STATUS = Pattern.compile("|error|[1-5](xx|[0-9]{2})|grpc-([0-9]|1[0-6])");

    private final Relays relays;
    private final Fleet fleet;
    private final Semaphore free = new Semaphore(MOST_TAPS);

    LiveApi(Relays relays, Fleet fleet) {
        this.relays = relays;
        this.fleet = fleet;
    }

    /** What one process said. */
    private record Said(Askable by, Answer part) {}

    /** Answers, on whichever thread they come; what does not fit is counted. */
    private static final class Inbox {
        final BlockingQueue<Said> said = new ArrayBlockingQueue<>(QUEUED);
        final AtomicLong dropped = new AtomicLong();

        void put(Askable by, Answer part) {
            // The end has to get through; room for it is kept below.
            if ((part.hasSeen() && said.remainingCapacity() <= MOST_PROCESSES) || !said.offer(new Said(by, part))) {
                dropped.incrementAndGet();
            }
        }
    }

    /** Shows requests as they end, a JSON object a line. */
    void tap(Exchange exchange) throws IOException, HttpProblem, InterruptedException {
        ObjectNode asked = exchange.object();
        String namespace = namespace(asked);
        demand(exchange, Role.EDITOR, namespace);
        String target = asked.path("target").asText();
        Heard<Askable> asking = processes(namespace, target);
        List<Askable> processes = asking.all();
        int perSecond = atMost(asked, "maxPerSecond", DEFAULT_PER_SECOND, MOST_PER_SECOND);
        int seconds = atMost(asked, "seconds", DEFAULT_SECONDS, LONGEST_TAP_SECONDS);
        int limit = atMost(asked, "limit", MOST_REQUESTS, MOST_REQUESTS);
        String status = asked.path("status").asText();
        if (!TAP_STATUS.matcher(status).matches()) {
            throw HttpProblem.badRequest("status is \"" + status
                    + "\" but has to be one such as 503, 5xx or grpc-14, or error for all that failed");
        }
        String direction = asked.path("direction").asText();
        if (!List.of("", "inbound", "outbound").contains(direction)) {
            throw HttpProblem.badRequest("direction is \"" + direction + "\" but has to be inbound or outbound");
        }
        if (!free.tryAcquire()) {
            throw HttpProblem.tooMany("there are " + MOST_TAPS + " taps already; try again when one has ended", 1);
        }
        Runnable callOff = () -> {};
        try {
            Ticket ticket = relays.ticket(
                    "live-tap",
                    exchange.principal().id(),
                    Map.of(
                            "target", namespace + "/" + target,
                            "processes", names(processes),
                            "seconds", Integer.toString(seconds),
                            "address", exchange.address().getHostAddress()));
            Tap.Builder tap = Tap.newBuilder()
                    .setDirection(direction)
                    .setTo(asked.path("to").asText())
                    .setPathPrefix(asked.path("path").asText())
                    .setMethod(asked.path("method").asText())
                    .setStatus(status)
                    // About what was asked for together; that it is no more is seen to here.
                    .setMaxPerSecond(Math.max(1, perSecond / processes.size()))
                    .setMaxRequests(limit)
                    .setDuration(Duration.newBuilder().setSeconds(seconds));
            Inbox inbox = new Inbox();
            exchange.begin("application/x-ndjson");
            exchange.line(begun(ticket, asking, namespace, seconds));
            callOff =
                    fleet.ask(processes, Question.newBuilder().setTicket(ticket).setTap(tap), inbox::put);
            follow(exchange, inbox, processes.size(), limit, seconds, perSecond);
            exchange.end();
        } finally {
            callOff.run();
            free.release();
        }
    }

    private static ObjectNode begun(Ticket ticket, Heard<Askable> processes, String namespace, int seconds) {
        ObjectNode line =
                Exchange.JSON.createObjectNode().put("ticket", ticket.getId()).put("seconds", seconds);
        ArrayNode names = line.putArray("processes");
        processes.all().forEach(process -> names.add(process.instance()));
        SilentJson.write(line, processes.silent(), namespace);
        return line;
    }

    private static void follow(Exchange exchange, Inbox inbox, int open, int limit, int seconds, int perSecond)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds) + GRACE_NANOS;
        Pace pace = new Pace(perSecond, System.nanoTime());
        long skipped = 0;
        int shown = 0;
        int left = open;
        while (left > 0 && shown < limit && System.nanoTime() - end < 0 && exchange.running()) {
            Said said = inbox.said.poll(HEARTBEAT_MILLIS, TimeUnit.MILLISECONDS);
            if (said == null) {
                // Tells whether anybody still reads.
                exchange.line(Exchange.JSON.createObjectNode());
            } else if (said.part().hasSeen() && pace.admits(System.nanoTime())) {
                exchange.line(SeenJson.of(said.by(), said.part().getSeen()));
                shown++;
            } else if (said.part().hasSeen()) {
                skipped++;
            } else if (said.part().hasEnded()) {
                left--;
                skipped += said.part().getEnded().getSkipped();
                if (!said.part().getEnded().getRefusal().isEmpty()) {
                    exchange.line(refusal(said));
                }
            }
        }
        exchange.line(Exchange.JSON
                .createObjectNode()
                .put("ended", true)
                .put("shown", shown)
                .put("skipped", skipped + inbox.dropped.get()));
    }

    /** What processes remember of one request. */
    void find(Exchange exchange) throws IOException, HttpProblem, InterruptedException {
        ObjectNode asked = exchange.object();
        String namespace = asked.path("namespace").asText("");
        demand(exchange, Role.EDITOR, namespace);
        String id = asked.path("requestId").asText();
        if (id.isEmpty()) {
            throw HttpProblem.badRequest("requestId is missing: an x-request-id, or a trace id");
        }
        Heard<Askable> asking = some(process -> namespace.isEmpty() || namespace.equals(process.namespace()));
        Ticket ticket = ticket(exchange, "live-find", Map.of("request", id, "namespace", namespace));
        ObjectNode body =
                Exchange.JSON.createObjectNode().put("asked", asking.all().size());
        SilentJson.write(body, asking.silent(), namespace);
        ArrayNode seen = body.putArray("seen");
        ArrayNode refusals = body.putArray("refusals");
        for (Said said : answers(
                asking.all(),
                Question.newBuilder()
                        .setTicket(ticket)
                        .setFind(Find.newBuilder().setRequestId(id)))) {
            if (said.part().hasSeen()) {
                seen.add(SeenJson.of(said.by(), said.part().getSeen()));
            } else if (!said.part().getEnded().getRefusal().isEmpty()) {
                refusals.add(refusal(said));
            }
        }
        exchange.json(200, body);
    }

    /** Changes log levels of processes for a while, or tells which are changed. */
    void log(Exchange exchange) throws IOException, HttpProblem, InterruptedException {
        ObjectNode asked = exchange.object();
        String namespace = namespace(asked);
        demand(exchange, Role.ADMIN, namespace);
        Heard<Askable> asking = processes(namespace, asked.path("target").asText());
        List<Askable> processes = asking.all();
        String logger = asked.path("logger").asText();
        String level = asked.path("level").asText();
        Ticket ticket = ticket(
                exchange, "live-log-level", Map.of("processes", names(processes), "logger", logger, "level", level));
        LogLevel.Builder change = LogLevel.newBuilder()
                .setLogger(logger)
                .setLevel(level)
                .setDuration(
                        Duration.newBuilder().setSeconds(asked.path("seconds").asInt(DEFAULT_LOG_SECONDS)));
        ObjectNode body = Exchange.JSON.createObjectNode();
        SilentJson.write(body, asking.silent(), namespace);
        ArrayNode levels = body.putArray("levels");
        ArrayNode refusals = body.putArray("refusals");
        for (Said said :
                answers(processes, Question.newBuilder().setTicket(ticket).setLogLevel(change))) {
            if (said.part().hasLevel()) {
                levels.add(SeenJson.level(said.by(), said.part().getLevel()));
            } else if (!said.part().getEnded().getRefusal().isEmpty()) {
                refusals.add(refusal(said));
            }
        }
        exchange.json(200, body);
    }

    /** What configuration a process believes in, in its own words. */
    void belief(Exchange exchange) throws IOException, HttpProblem, InterruptedException {
        String namespace = Objects.requireNonNullElse(exchange.parameter("namespace"), "default");
        demand(exchange, Role.VIEWER, namespace);
        Heard<Askable> asking = processes(namespace, Objects.requireNonNullElse(exchange.parameter("process"), ""));
        List<Askable> processes = asking.all();
        Ticket ticket = ticket(exchange, "live-belief", Map.of("processes", names(processes)));
        ObjectNode body = Exchange.JSON.createObjectNode();
        SilentJson.write(body, asking.silent(), namespace);
        ArrayNode beliefs = body.putArray("processes");
        for (Said said : answers(
                processes,
                Question.newBuilder()
                        .setTicket(ticket)
                        .setBelieve(Believe.newBuilder().setExcludeResourceContents(true)))) {
            if (said.part().hasBelief()) {
                beliefs.add(SeenJson.belief(said.by(), said.part().getBelief()));
            }
        }
        exchange.json(200, body);
    }

    /** {@return what processes answer, as far as they do in time} */
    private List<Said> answers(List<Askable> processes, Question.Builder question) throws InterruptedException {
        Inbox inbox = new Inbox();
        Runnable callOff = fleet.ask(processes, question, inbox::put);
        List<Said> answers = new ArrayList<>();
        long end = System.nanoTime() + PATIENCE_NANOS;
        int left = processes.size();
        while (left > 0) {
            Said said = inbox.said.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (said == null) {
                callOff.run();
                return answers;
            }
            answers.add(said);
            left -= said.part().hasEnded() ? 1 : 0;
        }
        return answers;
    }

    private Ticket ticket(Exchange exchange, String what, Map<String, String> facts) {
        Map<String, String> all = new HashMap<>(facts);
        all.put("address", exchange.address().getHostAddress());
        return relays.ticket(what, exchange.principal().id(), all);
    }

    private Heard<Askable> processes(String namespace, String target) throws HttpProblem {
        if (target.isEmpty()) {
            throw HttpProblem.badRequest("name a service, a service account or a process");
        }
        Heard<Askable> found = some(process -> process.namespace().equals(namespace) && process.answersTo(target));
        if (found.all().isEmpty()) {
            throw SilentJson.notFound(
                    "a connected process of \"" + target + "\" in namespace " + namespace
                            + " that can be asked (see meshctl status)",
                    found.silent());
        }
        return found;
    }

    private Heard<Askable> some(Predicate<Askable> wanted) {
        Heard<Askable> all = fleet.askable();
        return new Heard<>(
                all.all().stream().filter(wanted).limit(MOST_PROCESSES).toList(), all.silent());
    }

    private static ObjectNode refusal(Said said) {
        return Exchange.JSON
                .createObjectNode()
                .put("process", said.by().instance())
                .put("namespace", said.by().namespace())
                .put("refusal", said.part().getEnded().getRefusal());
    }

    private static String names(List<Askable> processes) {
        return processes.stream().map(Askable::toString).collect(Collectors.joining(", "));
    }

    private static String namespace(ObjectNode asked) {
        return asked.path("namespace").asText("default");
    }

    private static int atMost(ObjectNode asked, String field, int absent, int most) throws HttpProblem {
        int value = asked.path(field).asInt(absent);
        if (value < 1) {
            throw HttpProblem.badRequest(field + " has to be at least 1");
        }
        return Math.min(value, most);
    }

    private static void demand(Exchange exchange, Role role, String namespace) throws HttpProblem {
        String path = "/" + String.join("/", exchange.path());
        exchange.demand(new Permission(role, namespace, "post", null, path));
    }
}
