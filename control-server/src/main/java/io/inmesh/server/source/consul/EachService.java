package io.inmesh.server.source.consul;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** Follows each service by a blocking query of its own: nothing is asked for twice, but each takes a connection. */
final class EachService implements InstanceReader {
    private final ConsulQueries questions;
    private final BiConsumer<String, List<ConsulInstance>> told;
    private final Map<String, BlockingQuery<?>> queries = new TreeMap<>();

    /** @param told is told a service and its instances */
    EachService(ConsulQueries questions, BiConsumer<String, List<ConsulInstance>> told) {
        this.questions = questions;
        this.told = told;
    }

    @Override
    public void follow(SortedSet<String> names) {
        queries.entrySet().removeIf(entry -> {
            boolean gone = !names.contains(entry.getKey());
            if (gone) {
                entry.getValue().stop();
            }
            return gone;
        });
        for (String name : names) {
            if (!queries.containsKey(name)) {
                BlockingQuery<?> query =
                        questions.blocking(Question.instances(name), answer -> told.accept(name, answer));
                queries.put(name, query);
                query.ask();
            }
        }
    }

    @Override
    public void startOver() {
        queries.values().forEach(BlockingQuery::startOver);
    }

    @Override
    public String problem() {
        return queries.values().stream()
                .filter(query -> !query.problem().isEmpty())
                .limit(1)
                .map(query -> query.path() + ": " + query.problem())
                .collect(Collectors.joining());
    }

    @Override
    public void stop() {
        queries.values().forEach(BlockingQuery::stop);
    }
}
