package io.inmesh.server.source.consul;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Follows more services than there may be connections: two blocking queries, for all checks and all nodes, say which services to read
 * again, at once. That some instance was registered is said by the query for the names of services, but not which one; then all are read
 * again, those too whose checks have told already, and not more often than a pause allows.
 */
final class ManyServices implements InstanceReader {
    private final ConsulQueries questions;
    private final BiConsumer<String, List<ConsulInstance>> told;
    private final Duration pause;
    private final TurnReader turns;
    private final BlockingQuery<Rows> checks;
    private final BlockingQuery<Rows> nodes;
    private final Map<String, Set<String>> nodesByService = new TreeMap<>();
    private SortedSet<String> names = new TreeSet<>();
    private @Nullable Rows checksBefore;
    private @Nullable Rows nodesBefore;
    private boolean begun;
    private boolean resting;
    private boolean due;

    /**
     * @param told is told a service and its instances
     * @param pause from the beginning of one reading of all services to that of the next
     */
    ManyServices(ConsulQueries questions, BiConsumer<String, List<ConsulInstance>> told, Duration pause) {
        this.questions = questions;
        this.told = told;
        this.pause = pause;
        this.turns = new TurnReader(questions, this::read);
        this.checks = questions.blocking(Question.checks(), this::checked);
        this.nodes = questions.blocking(Question.nodes(), this::listed);
    }

    @Override
    public void follow(SortedSet<String> wanted) {
        Set<String> added = new TreeSet<>(wanted);
        added.removeAll(names);
        names = new TreeSet<>(wanted);
        nodesByService.keySet().retainAll(names);
        turns.only(names);
        if (!begun) {
            begun = true;
            checks.ask();
            nodes.ask();
        } else if (canTellChanges()) {
            turns.soon(added);
            all();
        }
    }

    /** What was read before would be out of date unnoticed. */
    private boolean canTellChanges() {
        return checksBefore != null && nodesBefore != null;
    }

    /** Reads all, now or when the pause is over. */
    private void all() {
        if (resting) {
            due = true;
            return;
        }
        due = false;
        resting = true;
        turns.sometime(names);
        questions.thread().after(pause, () -> {
            resting = false;
            if (due) {
                all();
            }
        });
    }

    private void read(String name, List<ConsulInstance> instances) {
        nodesByService.put(name, Rows.nodesOf(instances));
        told.accept(name, instances);
    }

    private void checked(Rows now) {
        changed(now, checksBefore);
        boolean first = !canTellChanges();
        checksBefore = now;
        begin(first);
    }

    private void listed(Rows now) {
        changed(now, nodesBefore);
        boolean first = !canTellChanges();
        nodesBefore = now;
        begin(first);
    }

    private void begin(boolean first) {
        if (first && canTellChanges()) {
            turns.soon(names);
        } else {
            questions.heard().run();
        }
    }

    private void changed(Rows now, @Nullable Rows before) {
        if (before == null) {
            return;
        }
        Set<String> services = new TreeSet<>();
        Set<String> machines = new HashSet<>();
        for (Rows.Owner owner : now.differentFrom(before)) {
            if (owner.service().isEmpty()) {
                machines.add(owner.node());
            } else {
                services.add(owner.service());
            }
        }
        nodesByService.forEach((service, on) -> {
            if (on.stream().anyMatch(machines::contains)) {
                services.add(service);
            }
        });
        services.retainAll(names);
        turns.soon(services);
    }

    @Override
    public void startOver() {
        checksBefore = null;
        nodesBefore = null;
        checks.startOver();
        nodes.startOver();
    }

    @Override
    public String problem() {
        return Stream.of(checks, nodes)
                .filter(query -> !query.problem().isEmpty())
                .map(query -> query.path() + ": " + query.problem())
                .findFirst()
                .orElseGet(turns::problem);
    }

    @Override
    public void stop() {
        checks.stop();
        nodes.stop();
        turns.stop();
    }
}
