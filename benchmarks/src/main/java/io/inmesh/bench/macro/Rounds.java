package io.inmesh.bench.macro;

import io.inmesh.bench.process.Child;
import io.inmesh.bench.process.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Has the arms of a family take turns, in another order each round. */
final class Rounds {

    private final Deployment deployment;
    private final Family family;
    private final Plan plan;
    private final Random random;
    private final Results results = new Results();

    Rounds(Deployment deployment, Family family, Plan plan, Random random) {
        this.deployment = deployment;
        this.family = family;
        this.plan = plan;
        this.random = random;
    }

    /** {@return what was measured} */
    Results run() throws IOException {
        for (int fork = 0; fork < plan.forks(); fork++) {
            Map<Arm, Child> clients = new EnumMap<>(Arm.class);
            try {
                for (Arm arm : family.arms()) {
                    clients.put(arm, deployment.client(arm, family.service()));
                }
                for (Child client : clients.values()) {
                    client.answer();
                }
                fork(clients);
            } finally {
                clients.values().forEach(Child::close);
            }
        }
        return results;
    }

    private void fork(Map<Arm, Child> clients) throws IOException {
        double capacity = 0;
        for (Arm arm : family.arms()) {
            double reached = warmUp(arm, clients);
            capacity = arm == family.bare() ? reached : capacity;
        }
        double rate = capacity * Turn.OPEN_SHARE;
        results.beginFork();
        for (int i = 0; i < plan.rounds(); i++) {
            Results.Round round = new Results.Round();
            for (Turn turn : shuffled(List.of(Turn.values()))) {
                long seed = random.nextLong();
                for (Arm arm : shuffled(family.arms())) {
                    round.put(arm, turn, turn(arm, clients, turn.command(plan.turnMillis(), rate, seed)));
                }
            }
            results.add(round);
        }
    }

    /** {@return calls per second that the arm reached once it was warm} */
    private double warmUp(Arm arm, Map<Arm, Child> clients) throws IOException {
        warmUp(arm, clients, Turn.CLOSED_1);
        Sample warm = warmUp(arm, clients, Turn.CLOSED_8);
        double rate = warm.callsPerSecond() * Turn.OPEN_SHARE;
        measured(arm, clients, Turn.OPEN.command(plan.turnMillis(), rate, 0));
        return warm.callsPerSecond();
    }

    private Sample warmUp(Arm arm, Map<Arm, Child> clients, Turn turn) throws IOException {
        String command = turn.command(plan.turnMillis(), 0, 0);
        Sample last = measured(arm, clients, command);
        for (long calls = last.calls(); calls < plan.warmupCalls() / 2; calls += last.calls()) {
            if (last.errors() > 0) {
                throw new IOException(arm + " cannot call " + family.service() + ": "
                        + client(arm, clients).log());
            }
            last = measured(arm, clients, command);
        }
        return last;
    }

    private Sample turn(Arm arm, Map<Arm, Child> clients, String command) throws IOException {
        HostLoad before = HostLoad.now();
        Sample sample = measured(arm, clients, command);
        results.note(sample, HostLoad.now().since(before));
        return sample;
    }

    private Sample measured(Arm arm, Map<Arm, Child> clients, String command) throws IOException {
        Child backend = deployment.backend(family.service()).process();
        Child client = client(arm, clients);
        long before = Long.parseLong(backend.ask("cpu"));
        Sample sample = Json.MAPPER.readValue(client.ask(command), Sample.class);
        return sample.withServerCpu(Long.parseLong(backend.ask("cpu")) - before);
    }

    private static Child client(Arm arm, Map<Arm, Child> clients) {
        Child client = clients.get(arm);
        if (client == null) {
            throw new IllegalStateException("no client of " + arm);
        }
        return client;
    }

    private <T> List<T> shuffled(List<T> given) {
        List<T> copy = new ArrayList<>(given);
        Collections.shuffle(copy, random);
        return copy;
    }
}
