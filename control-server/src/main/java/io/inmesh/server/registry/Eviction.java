package io.inmesh.server.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Which of the processes that are away are let go in one pass. That many of them are away at once is more likely a fault of networks,
 * clocks or servers than of the processes, so it never lets many go at once.
 *
 * <p>The rules are those of Eureka's eviction (a share of the registry for each pass, in random order, none while renewals are too few),
 * by service.
 */
final class Eviction {

    /** Time between passes. */
    static final Duration PASS = Duration.ofSeconds(5);

    /** The share of a service's instances that goes in one pass; at least one goes. */
    static final double SHARE = 0.15;

    /** How long the last instance of a service is kept. */
    static final Duration LAST = Duration.ofSeconds(60);

    /** So many have to be away before their share says that something else is wrong. */
    static final int FEW = 10;

    /** None is let go while more than this share of all processes is away. */
    static final double FROZEN_ABOVE = 0.5;

    /** What is away for that long goes, however many are. */
    static final Duration FROZEN_LIMIT = Duration.ofMinutes(5);

    private Eviction() {}

    /**
     * {@return the node ids of those that go now}
     *
     * @param away all that are away, whether or not it is time for them
     * @param sizes instances of each group, those that are away included
     * @param random decides the order
     */
    static List<String> pass(List<Absence> away, Map<String, Integer> sizes, RandomGenerator random) {
        int all = sizes.values().stream().mapToInt(Integer::intValue).sum();
        boolean frozen = away.size() >= FEW && away.size() > FROZEN_ABOVE * all;
        List<Absence> due = new ArrayList<>(away);
        due.removeIf(absence -> !absence.over() || (frozen && absence.lasting().compareTo(FROZEN_LIMIT) < 0));
        Collections.shuffle(due, new java.util.Random(random.nextLong()));
        Map<String, Integer> gone = new HashMap<>();
        List<String> going = new ArrayList<>();
        for (Absence absence : due) {
            int size = sizes.getOrDefault(absence.group(), 0);
            int before = gone.getOrDefault(absence.group(), 0);
            boolean last = before + 1 == size;
            if (before < Math.max(1, (int) (SHARE * size))
                    && (!last || absence.lasting().compareTo(LAST) >= 0)) {
                gone.put(absence.group(), before + 1);
                going.add(absence.nodeId());
            }
        }
        return going;
    }
}
