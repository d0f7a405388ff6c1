package io.inmesh.balance;

import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.endpoint.CheckState;
import io.inmesh.endpoint.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an endpoint stands when one is picked.
 *
 * @param endpoint the endpoint
 * @param standing whether it may be picked, and if not why
 * @param weight its weight relative to the others
 * @param priority lower is used first
 * @param inFlight attempts sent to it and not yet ended
 */
public record Candidate(Endpoint endpoint, Standing standing, long weight, int priority, int inFlight) {

    /** {@return where it stands in words, with the figures where there are any} */
    public String words() {
        String why = "";
        if (endpoint.ejection().ejected()) {
            why = endpoint.ejection().why();
        } else if (endpoint.check().verdict() == CheckState.Verdict.FAILING) {
            why = endpoint.check().why();
        }
        boolean told = standing == Standing.EJECTED || standing == Standing.FAILING || standing == Standing.PANIC;
        return told && !why.isEmpty() ? standing.words() + ": " + why : standing.words();
    }

    /** Whether an endpoint may be picked, and if not why. */
    public enum Standing {
        /** May be picked. */
        ELIGIBLE("may be picked"),
        /** May be picked although it is ejected or unhealthy, because too few others are left. */
        PANIC("may be picked because too few others are left"),
        /** Its priority takes no traffic while a better one carries all; retries may still go there. */
        STANDBY("stands by behind a better priority"),
        /** Its locality takes no traffic while the own one carries all its callers; retries may still go there. */
        ELSEWHERE("stands by in another locality"),
        /** Its locality has no weight, so nothing is sent there. */
        UNWEIGHTED("is in a locality without weight"),
        /** May not be picked although it is in order, because too few others are and calls are refused then. */
        REFUSED("is left alone because too few others are left"),
        /** Was tried in this call. */
        TRIED("was tried in this call"),
        /** Is out of rotation because of what calls to it experienced. */
        EJECTED("is ejected"),
        /** Is reported well, but does not pass the checks of this process. */
        FAILING("fails its health checks"),
        /** The registry says it is unhealthy. */
        UNHEALTHY("is unhealthy"),
        /** Takes no new calls. */
        DRAINING("drains");

        private final String words;

        Standing(String words) {
            this.words = words;
        }

        /** {@return what to say about it, to go on after its name} */
        public String words() {
            return words;
        }

        /** {@return whether an endpoint that stands so is among those a first attempt may go to} */
        public boolean mayBePicked() {
            return this == ELIGIBLE || this == PANIC;
        }
    }

    /**
     * Says where a member stands.
     *
     * @param share where it may be picked; null if nowhere
     * @param level all shares of its priority
     */
    static Candidate of(Member member, @Nullable Share share, List<Share> level, @Nullable Tried tried) {
        Endpoint endpoint = member.endpoint();
        return new Candidate(
                endpoint,
                standing(member, share, level, tried),
                member.weight(),
                member.priority(),
                endpoint.inFlight());
    }

    private static Standing standing(Member member, @Nullable Share share, List<Share> level, @Nullable Tried tried) {
        if (tried != null && tried.contains(member.endpoint())) {
            return Standing.TRIED;
        }
        if (share != null && share.millionths() == 0) {
            boolean others = level.stream().anyMatch(each -> each.millionths() > 0);
            return others ? Standing.ELSEWHERE : Standing.STANDBY;
        }
        if (share != null) {
            return member.usable() ? Standing.ELIGIBLE : Standing.PANIC;
        }
        return member.usable() ? passedOver(level) : out(member);
    }

    private static Standing passedOver(List<Share> level) {
        return level.stream().anyMatch(Share::refuses) ? Standing.REFUSED : Standing.UNWEIGHTED;
    }

    private static Standing out(Member member) {
        if (member.draining()) {
            return Standing.DRAINING;
        }
        if (member.endpoint().ejection().ejected()) {
            return Standing.EJECTED;
        }
        return member.health() == Health.HEALTHY ? Standing.FAILING : Standing.UNHEALTHY;
    }
}
