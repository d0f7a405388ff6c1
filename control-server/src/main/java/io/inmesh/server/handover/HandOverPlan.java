package io.inmesh.server.handover;

import io.inmesh.server.peer.Hears;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which processes are asked to go to another control server: those of a server that is cut off from the store while others are
 * not, and the surplus of one that has far more than its share. A few at a time, and nobody again soon: who comes back has found nothing better, and
 * is served. Not safe for use by several threads.
 */
final class HandOverPlan {

    /** A step asks one in so many of those who are still to go, */
    private static final double STEPS = 10;

    /** but never more than so many: with steps of a second a tenth of what another server admits. */
    static final int MOST_AT_ONCE = 50;

    /** How long a process is left alone that has been asked: as long as connections last unless set otherwise. */
    static final Duration REST = Duration.ofMinutes(30);

    /**
     * The same while this server is cut off and another has said that it is not: who comes back then may have been sent here by chance, as
     * those are that know one name for all servers.
     */
    static final Duration SHORT_REST = Duration.ofMinutes(2);

    /**
     * How long it is at most while servers stay uneven, being twice as long each time: that nobody goes where little is means that nobody
     * gets there.
     */
    static final Duration LONGEST_REST = Duration.ofDays(1);

    /** How often it is looked anew whether others hear of the store: they answer at once, or keep this server waiting. */
    static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    /** Processes above the average that are not worth the trouble: chance alone spreads few processes like that. */
    static final int LEAST_SURPLUS = 8;

    /** So many times the average is far more than a share, */
    static final double MUCH = 1.5;

    /** so many times far less, as after a restart, */
    static final double LITTLE = 0.5;

    /** and at so many times the average this server is done. */
    static final double ENOUGH = 1.1;

    private static final int MOST_REMEMBERED = 100_000;

    private final RandomGenerator random;
    private final Lasting cutOff;
    private final Lasting uneven;
    /** When each was asked, the longest ago first. */
    private final LinkedHashMap<String, Long> asked = new LinkedHashMap<>();

    private boolean evening;
    /** Who has been asked since then is left alone for as long as the round lasts. */
    private long roundSince;
    /** In nanoseconds; zero while servers are even. */
    private long round;

    private boolean looked;
    private long lookedNanos;
    private Elsewhere elsewhere = Elsewhere.UNKNOWN;

    /** Why processes are asked to go. */
    enum Reason {
        /** This server does not hear of the store. */
        CUT_OFF,
        /** This server has far more processes than others. */
        UNEVEN
    }

    /** Whether others hear of what happens in the store. */
    enum Elsewhere {
        /** One has said so. */
        HEARD,
        /** Nobody answers. */
        UNKNOWN,
        /** Of those that answer none has said so, or there are none. */
        NOT_HEARD;

        /** {@return what the answers of those come to that answer} */
        static Elsewhere of(List<Hears> answers) {
            if (answers.isEmpty()) {
                return UNKNOWN;
            }
            // One that cannot say may be as cut off as this one: in an outage of the store during an upgrade all would
            // move.
            return answers.contains(Hears.YES) ? HEARD : NOT_HEARD;
        }
    }

    /** How things stand. What costs more is asked only if it matters. */
    interface View {
        /** {@return whether this server does not hear of what happens in the store} */
        boolean behind();

        /** {@return whether another one does; may take seconds} */
        Elsewhere elsewhere();

        /** {@return how many processes this server has} */
        int own();

        /** {@return how many each of the others had when last heard of; empty if there are none} */
        List<Integer> others();

        /** {@return the processes of this server} */
        Set<String> processes();
    }

    /**
     * What is to be done now.
     *
     * @param reason why; null if all is well, or nothing would be better elsewhere
     * @param processes who is to be asked now
     */
    record Step(@Nullable Reason reason, Set<String> processes) {
        private static final Step NONE = new Step(null, Set.of());
    }

    /**
     * @param patience how long something has to be wrong before anybody is asked, up to half as long is added by chance
     * @param random who is asked first
     */
    HandOverPlan(Duration patience, RandomGenerator random) {
        this.random = random;
        this.cutOff = new Lasting(patience, random);
        this.uneven = new Lasting(patience, random);
    }

    /**
     * {@return what to do now; to be asked every second}
     *
     * @param now monotonic time in nanoseconds
     * @param view how things stand
     */
    Step next(long now, View view) {
        forget(now);
        boolean behind = view.behind();
        boolean lasts = cutOff.look(now, behind);
        if (!behind) {
            looked = false;
            return even(now, view);
        }
        // How many processes others have is told by the store.
        evening = uneven.look(now, false);
        if (!lasts || look(now, view) == Elsewhere.NOT_HEARD) {
            return Step.NONE;
        }
        Duration rest = elsewhere == Elsewhere.HEARD ? SHORT_REST : REST;
        // In an outage, who was asked before it has a reason to go again.
        List<String> left = due(view, now + Math.max(cutOff.since() - now, -rest.toNanos()));
        return new Step(Reason.CUT_OFF, draw(now, left, left.size()));
    }

    private Elsewhere look(long now, View view) {
        if (!looked || now - lookedNanos >= LOOK_AGAIN.toNanos()) {
            elsewhere = view.others().isEmpty() ? Elsewhere.NOT_HEARD : view.elsewhere();
            looked = true;
            lookedNanos = now;
        }
        return elsewhere;
    }

    private Step even(long now, View view) {
        List<Integer> others = view.others();
        int own = view.own();
        double share = (own + others.stream().mapToDouble(streams -> streams).sum()) / (others.size() + 1);
        double least = others.stream().mapToDouble(streams -> streams).min().orElse(own);
        boolean even = own <= share * MUCH && least >= share * LITTLE;
        boolean far = own - share >= LEAST_SURPLUS && !even;
        if (even) {
            round = 0;
        }
        if (uneven.look(now, far)) {
            evening = true;
        }
        evening &= own > share * ENOUGH;
        if (!evening) {
            return Step.NONE;
        }
        if (round == 0 || now - roundSince >= round) {
            round = round == 0 ? REST.toNanos() : Math.min(2 * round, LONGEST_REST.toNanos());
            roundSince = now;
        }
        return new Step(Reason.UNEVEN, draw(now, due(view, now - remembered(now)), (int) Math.ceil(own - share)));
    }

    /** {@return for how long, in nanoseconds, it matters now that a process was asked} */
    private long remembered(long now) {
        return round == 0 ? REST.toNanos() : Math.max(REST.toNanos(), now - roundSince);
    }

    /** {@return the processes that have not been asked since {@code before}} */
    private List<String> due(View view, long before) {
        List<String> due = new ArrayList<>();
        for (String process : view.processes()) {
            Long last = asked.get(process);
            if (last == null || last - before < 0) {
                due.add(process);
            }
        }
        return due;
    }

    /** {@return some of those who may be asked, of whom {@code left} are still to go} */
    private Set<String> draw(long now, List<String> from, int left) {
        int count = Math.min(from.size(), Math.min(MOST_AT_ONCE, (int) Math.ceil(left / STEPS)));
        Set<String> drawn = new LinkedHashSet<>();
        for (int i = 0; i < count; i++) {
            int chosen = i + random.nextInt(from.size() - i);
            String process = from.set(chosen, from.get(i));
            drawn.add(process);
            // Removed first, since a place in the map is that of the first time.
            asked.remove(process);
            asked.put(process, now);
        }
        return drawn;
    }

    private void forget(long now) {
        Iterator<Map.Entry<String, Long>> oldest = asked.entrySet().iterator();
        while (oldest.hasNext()) {
            long ago = now - oldest.next().getValue();
            if (ago <= remembered(now) && asked.size() <= MOST_REMEMBERED) {
                return;
            }
            oldest.remove();
        }
    }
}
