package io.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.config.BalancingConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.hash.XxHash64;
import io.inmesh.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rings and Maglev tables: Envoy's layout, even shares, few moves, bounded memory. */
final class HashTableTest {

    private static final int KEYS = 20_000;

    private static Member member(String host, int port, long weight) {
        return Member.of(new Endpoint("c", EndpointConfig.of(host, port).withWeight(weight)));
    }

    private static List<Member> members(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> member("10.0." + i / 250 + "." + (1 + i % 250), 8080, 1))
                .toList();
    }

    private static long key(int number) {
        return XxHash64.hash("user-" + number);
    }

    private static int owner(HashTable table, long hash) {
        return table.member(table.start(hash), 0);
    }

    private static double[] shares(HashTable table, int members) {
        double[] shares = new double[members];
        for (int i = 0; i < KEYS; i++) {
            shares[owner(table, key(i))] += 1.0 / KEYS;
        }
        return shares;
    }

    /** The layout in Envoy's own ring hash test: six hosts, ports 90 to 95, at least 12 entries. */
    @Test
    void theRingIsLaidOutAsEnvoys() {
        List<Member> members = IntStream.range(90, 96)
                .mapToObj(port -> member("127.0.0.1", port, 1))
                .toList();
        HashTable ring = new RingTable(members, 12, 4096);
        String[] positions = {
            "833437586790550860",
            "928266305478181108",
            "1033482794131418490",
            "3551244743356806947",
            "3851675632748031481",
            "5583722120771150861",
            "6311230543546372928",
            "7700377290971790572",
            "13144177310400110813",
            "13444792449719432967",
            "15516499411664133160",
            "16117243373044804889"
        };
        int[] ports = {94, 92, 90, 95, 93, 91, 91, 93, 95, 92, 94, 90};
        for (int i = 0; i < positions.length; i++) {
            long position = Long.parseUnsignedLong(positions[i]);
            assertThat(ring.start(position)).as("at %s", positions[i]).isEqualTo(i);
            assertThat(ring.start(position + 1)).as("after %s", positions[i]).isEqualTo((i + 1) % 12);
            assertThat(90 + owner(ring, position)).isEqualTo(ports[i]);
        }
        assertThat(ring.start(0)).isZero();
        assertThat(ring.start(-1)).as("goes round").isZero();
    }

    /** The table in Envoy's own Maglev test: six hosts, seven places. */
    @Test
    void theMaglevTableIsFilledAsEnvoys() {
        List<Member> members = IntStream.range(90, 96)
                .mapToObj(port -> member("127.0.0.1", port, 1))
                .toList();
        HashTable table = new MaglevTable(members, 7);
        assertThat(IntStream.range(0, 7).map(hash -> owner(table, hash))).containsExactly(2, 4, 0, 1, 5, 0, 3);
    }

    @Test
    void aMaglevTableDoesNotDependOnTheOrderOfEndpoints() {
        List<Member> members = members(7);
        List<Member> shuffled = new ArrayList<>(members);
        Collections.reverse(shuffled);
        HashTable table = new MaglevTable(members, 1021);
        HashTable other = new MaglevTable(shuffled, 1021);
        for (int i = 0; i < 1000; i++) {
            assertThat(shuffled.get(owner(other, key(i)))).isSameAs(members.get(owner(table, key(i))));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 10, 50})
    void sharesAreEven(int count) {
        List<Member> members = members(count);
        double fair = 1.0 / count;
        assertThat(Arrays.stream(shares(new MaglevTable(members, 65_537), count))
                        .max()
                        .orElseThrow())
                .isLessThan(fair * 1.25);
        assertThat(Arrays.stream(shares(new RingTable(members, 8192, 65_536), count))
                        .max()
                        .orElseThrow())
                .isLessThan(fair * 1.5);
    }

    @Test
    void sharesFollowWeights() {
        List<Member> members = List.of(member("a", 1, 1), member("b", 1, 3), member("c", 1, 6));
        double[] maglev = shares(new MaglevTable(members, 65_537), 3);
        double[] ring = shares(new RingTable(members, 8192, 65_536), 3);
        for (int i = 0; i < 3; i++) {
            double wanted = members.get(i).weight() / 10.0;
            assertThat(maglev[i]).isCloseTo(wanted, within(0.02));
            assertThat(ring[i]).isCloseTo(wanted, within(0.05));
        }
    }

    /** Trap 18: weights are unsigned 32-bit numbers, and their sum is larger still. */
    @Test
    void hugeWeightsKeepTheirProportion() {
        List<Member> members =
                List.of(member("a", 1, 0xFFFF_FFFFL), member("b", 1, 0xFFFF_FFFFL), member("c", 1, 0x7FFF_FFFFL));
        assertThat(shares(new MaglevTable(members, 65_537), 3)[2]).isCloseTo(0.2, within(0.02));
        assertThat(shares(new RingTable(members, 8192, 65_536), 3)[2]).isCloseTo(0.2, within(0.05));
    }

    /** One endpoint of 50 goes; each of them in turn, so that the average is what one costs. */
    @Test
    void removalMovesLittle() {
        int count = 50;
        List<Member> all = members(count);
        assertThat(moved(all, LoadBalancer.RING_HASH)).isLessThanOrEqualTo(1.0 / count * 1.001);
        assertThat(moved(all, LoadBalancer.MAGLEV)).isLessThanOrEqualTo(1.5 / count);
    }

    private static double moved(List<Member> all, LoadBalancer kind) {
        // As many entries per endpoint before and after, or the ring grows for the others too.
        BalancingConfig config = BalancingConfig.DEFAULT.withRing(49 * 49, 65_536);
        HashTable before = table(all, kind, config);
        long moved = 0;
        int rounds = 10;
        for (int gone = 0; gone < rounds; gone++) {
            List<Member> left = new ArrayList<>(all);
            left.remove(gone);
            HashTable after = table(left, kind, config);
            for (int i = 0; i < KEYS; i++) {
                moved += all.get(owner(before, key(i))) == left.get(owner(after, key(i))) ? 0 : 1;
            }
        }
        double removed = 0;
        for (int gone = 0; gone < rounds; gone++) {
            removed += shares(before, all.size())[gone];
        }
        // Measured against what those that went had, since shares on a ring are uneven.
        return moved / (double) KEYS / removed / all.size();
    }

    private static HashTable table(List<Member> members, LoadBalancer kind, BalancingConfig config) {
        return kind == LoadBalancer.MAGLEV
                ? new MaglevTable(members, config.tableSize())
                : new RingTable(members, config.minimumRingSize(), config.maximumRingSize());
    }

    /** Trap 24: wrap-around and rounding, over random sizes and weights. */
    @Test
    void anyRingFindsAnOwnerForAnyHash() {
        SeededRandomness random = new SeededRandomness(24);
        for (int round = 0; round < 300; round++) {
            List<Member> members = new ArrayList<>();
            for (int i = 0; i < 1 + random.below(40); i++) {
                members.add(member("e" + i, 1 + random.below(65_535), 1 + random.below(1L << (1 + random.below(32)))));
            }
            int minimum = 1 + random.below(2000);
            RingTable ring = new RingTable(members, minimum, minimum + random.below(3000));
            assertThat(ring.steps()).isBetween(1, minimum + 3001);
            for (long hash : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, random.below(Long.MAX_VALUE)}) {
                for (int step : new int[] {0, ring.steps() - 1}) {
                    assertThat(ring.member(ring.start(hash), step)).isBetween(0, members.size() - 1);
                }
            }
        }
    }

    /** Trap 15: 200 clusters of 500 endpoints. */
    @Test
    void manyLargeClustersFitIntoMemory() {
        List<Member> members = members(500);
        long ring = new RingTable(members, 1024, BalancingConfig.MAX_RING_SIZE).bytes();
        long maglev = new MaglevTable(members, 65_537).bytes();
        assertThat(200 * ring).isLessThan(4 << 20);
        assertThat(200 * maglev).isLessThan(26 << 20);
        long largest = new RingTable(members, BalancingConfig.MAX_RING_SIZE, BalancingConfig.MAX_RING_SIZE).bytes();
        assertThat(largest).isLessThanOrEqualTo((BalancingConfig.MAX_RING_SIZE + 1) * 12L);
    }

    @Test
    void theSameEndpointsKeepTheirTableThroughConfigs() {
        Fleet fleet = Fleet.of(4);
        EndpointPicker before = fleet.picker(LoadBalancer.RING_HASH, 1);
        before.pick(null, 7);
        HashTable table = fleet.state().table(LoadBalancer.RING_HASH, BalancingConfig.DEFAULT, "0", fleet.members());
        EndpointPicker after = fleet.picker(LoadBalancer.RING_HASH, 2);
        assertThat(after.pick(null, 7)).isSameAs(before.pick(null, 7));
        assertThat(fleet.state().table(LoadBalancer.RING_HASH, BalancingConfig.DEFAULT, "0", fleet.members()))
                .isSameAs(table);
        fleet.without("d").picker(LoadBalancer.RING_HASH, 3);
        assertThat(fleet.state().table(LoadBalancer.RING_HASH, BalancingConfig.DEFAULT, "0", fleet.members()))
                .isNotSameAs(table);
    }
}
