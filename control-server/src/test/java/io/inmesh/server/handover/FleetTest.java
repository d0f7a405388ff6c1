package io.inmesh.server.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several servers that each go by the plan, in virtual time, and processes that draw another server by chance when they are asked to go. */
class FleetTest {

    /** How many seconds old the servers' figures of each other are. */
    private static final int LAG = 4;

    private final Random random = new Random(7);
    private final List<Server> servers = new ArrayList<>();
    private final Map<String, Integer> moves = new HashMap<>();
    private final Deque<List<Integer>> told = new ArrayDeque<>();
    private long seconds;

    @ParameterizedTest
    @CsvSource({"200, 2", "200, 3", "200, 5", "5000, 3"})
    void aServerThatWasRestartedGetsItsShareWithinMinutesAndThenAllStayWhereTheyAre(int processes, int count) {
        start(count);
        for (int i = 0; i < processes; i++) {
            servers.get(1 + i % (count - 1)).processes.add("process-" + i);
        }

        int busiest = pass(Duration.ofMinutes(10));

        double share = (double) processes / count;
        assertThat(servers)
                .allSatisfy(
                        server -> assertThat((double) server.processes.size()).isBetween(share * 0.4, share * 1.3));
        assertThat(busiest).isLessThanOrEqualTo(HandOverPlan.MOST_AT_ONCE * (count - 1));
        assertThat(moves.values()).allSatisfy(times -> assertThat(times).isLessThanOrEqualTo(count));
        int before = moved();
        assertThat(before).isLessThan(processes * 2);
        pass(Duration.ofHours(2));
        assertThat(moved()).as("nobody moves once all is well").isEqualTo(before);
    }

    @Test
    void processesOfAServerThatIsCutOffGoToOthersAndToItAgainWhenItIsBack() {
        start(3);
        for (int i = 0; i < 300; i++) {
            servers.get(i % 3).processes.add("process-" + i);
        }
        servers.get(0).behind = true;

        pass(Duration.ofMinutes(5));

        assertThat(servers.get(0).processes).isEmpty();
        assertThat(moved()).isBetween(100, 250);

        servers.get(0).behind = false;
        pass(Duration.ofMinutes(10));

        assertThat(servers).allSatisfy(server -> assertThat(server.own()).isBetween(60, 130));
        int before = moved();
        pass(Duration.ofHours(2));
        assertThat(moved()).as("nobody moves once all is well").isEqualTo(before);
    }

    @Test
    void inAnOutageOfTheStoreAllStayWhereTheyAre() {
        start(3);
        for (int i = 0; i < 300; i++) {
            servers.get(i % 2).processes.add("process-" + i);
        }
        servers.forEach(server -> server.behind = true);

        pass(Duration.ofHours(1));

        assertThat(moves).isEmpty();
    }

    @Test
    void serversThatHearOfNobodyAskEachProcessOnceEachAndServeItThen() {
        start(3);
        for (int i = 0; i < 300; i++) {
            servers.get(i % 3).processes.add("process-" + i);
        }
        servers.forEach(server -> {
            server.behind = true;
            server.alone = true;
        });

        pass(HandOverPlan.REST);

        assertThat(moves.values()).allSatisfy(times -> assertThat(times).isLessThanOrEqualTo(3));
        assertThat(servers.stream().mapToInt(Server::own).sum()).isEqualTo(300);
    }

    private void start(int count) {
        for (int i = 0; i < count; i++) {
            servers.add(new Server(i));
        }
    }

    private int moved() {
        return moves.values().stream().mapToInt(times -> times).sum();
    }

    /** {@return the most processes that moved within a second} */
    private int pass(Duration duration) {
        int busiest = 0;
        for (long end = seconds + duration.toSeconds(); seconds < end; seconds++) {
            told.addLast(servers.stream().map(Server::own).toList());
            if (told.size() > LAG) {
                told.removeFirst();
            }
            Map<String, Server> leaving = new HashMap<>();
            for (Server server : servers) {
                server.plan
                        .next(Duration.ofSeconds(seconds).toNanos(), server)
                        .processes()
                        .forEach(process -> leaving.put(process, server));
            }
            leaving.forEach(this::move);
            busiest = Math.max(busiest, leaving.size());
        }
        return busiest;
    }

    private void move(String process, Server from) {
        moves.merge(process, 1, Integer::sum);
        from.processes.remove(process);
        List<Server> others = new ArrayList<>(servers);
        others.remove(from);
        others.get(random.nextInt(others.size())).processes.add(process);
    }

    private final class Server implements HandOverPlan.View {
        private final int number;
        private final HandOverPlan plan;
        private final Set<String> processes = new TreeSet<>();
        private boolean behind;
        private boolean alone;

        Server(int number) {
            this.number = number;
            this.plan = new HandOverPlan(Duration.ofSeconds(30), random);
        }

        @Override
        public boolean behind() {
            return behind;
        }

        @Override
        public HandOverPlan.Elsewhere elsewhere() {
            if (alone) {
                return HandOverPlan.Elsewhere.UNKNOWN;
            }
            return servers.stream().allMatch(server -> server.behind)
                    ? HandOverPlan.Elsewhere.NOT_HEARD
                    : HandOverPlan.Elsewhere.HEARD;
        }

        @Override
        public int own() {
            return processes.size();
        }

        @Override
        public List<Integer> others() {
            List<Integer> counts = told.getFirst();
            return IntStream.range(0, counts.size())
                    .filter(server -> server != number)
                    // A server that is cut off is not in the store for long; what one has heard before, it keeps.
                    .filter(server -> behind || !servers.get(server).behind)
                    .mapToObj(counts::get)
                    .collect(Collectors.toList());
        }

        @Override
        public Set<String> processes() {
            return Collections.unmodifiableSet(processes);
        }
    }
}
