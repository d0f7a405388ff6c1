package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.SeededRandomness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ServersTest {
    private static final List<ServerAddress> THREE =
            List.of(new ServerAddress("a", 1), new ServerAddress("b", 1), new ServerAddress("c", 1));

    private final FakeClock clock = new FakeClock();

    @Test
    void processesAreSpreadEvenly() {
        Map<String, Integer> counts = counted(servers -> {});

        assertThat(counts).hasSize(3);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(900, 1100));
    }

    @Test
    void processesOfAServerThatDiesGoToAllOthersAndNoneComesBackToIt() {
        Map<String, Integer> counts = counted(ServersTest::leaveA);

        assertThat(counts).containsOnlyKeys("b", "c");
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(1350, 1650));
    }

    @Test
    void serverThatIsBackGetsItsShareWhenConnectionsHaveHadTheirTime() {
        Map<String, Integer> counts = counted(servers -> {
            leaveA(servers);
            for (int age = 0; age < 5; age++) {
                clock.advance(Duration.ofNanos(Servers.REST_NANOS));
                servers.turn();
            }
        });

        assertThat(counts).hasSize(3);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(900, 1100));
    }

    @Test
    void serversThatWereLeftAreNotAskedWhileThereAreOthers() {
        Servers servers = new Servers(THREE, clock, bound -> 0);

        assertThat(asked(servers, 3, Duration.ofSeconds(20))).containsExactly("a", "b", "c");
    }

    @Test
    void whenAllHaveBeenLeftTheOneLeftLongestAgoIsNext() {
        Servers servers = new Servers(THREE, clock, bound -> 0);

        assertThat(asked(servers, 9, Duration.ofSeconds(1)))
                .containsExactly("a", "b", "c", "a", "b", "c", "a", "b", "c");
    }

    @Test
    void onlyServerIsAskedAgain() {
        Servers servers = new Servers(THREE.subList(0, 1), clock, bound -> 0);
        servers.turn();

        assertThat(servers.current().host()).isEqualTo("a");
        assertThat(servers.several()).isFalse();
    }

    private static void leaveA(Servers servers) {
        if (servers.current().host().equals("a")) {
            servers.turn();
        }
    }

    private List<String> asked(Servers servers, int times, Duration pause) {
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            asked.add(servers.current().host());
            clock.advance(pause);
            servers.turn();
        }
        return asked;
    }

    /** {@return how many of 3000 processes are with which server after something has happened} */
    private Map<String, Integer> counted(Consumer<Servers> happened) {
        Map<String, Integer> counts = new HashMap<>();
        SeededRandomness randomness = new SeededRandomness(1);
        for (int process = 0; process < 3000; process++) {
            Servers servers = new Servers(THREE, clock, randomness);
            happened.accept(servers);
            counts.merge(servers.current().host(), 1, Integer::sum);
        }
        return counts;
    }
}
