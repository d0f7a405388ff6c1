package io.inmesh.balance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one locality of one priority takes of the calls to a cluster, for {@code explain}.
 *
 * @param priority lower is used first
 * @param locality {@code region/zone/subzone}, empty if unknown
 * @param known how many endpoints it has
 * @param usable how many of them are healthy and in rotation
 * @param percent its part of first attempts
 * @param reason why it takes that much
 */
public record LocalityPart(int priority, String locality, int known, int usable, double percent, Reason reason) {

    /** Why a locality takes what it takes. */
    public enum Reason {
        /** Its priority carries calls, and places mean nothing: each endpoint counts by its own weight. */
        BY_ENDPOINTS("takes its endpoints' part of the priority"),
        /** It was given a part by its weight and health, or by the capacity of zones. */
        BY_LOCALITY("takes its part of the priority"),
        /** Too few endpoints of its priority are usable. */
        PANIC("is used whole because too few endpoints are usable"),
        /** Too few endpoints of its priority are usable, and calls are refused then. */
        REFUSED("is skipped: too few endpoints are usable, calls are refused"),
        /** A better priority carries everything. */
        STANDBY("is skipped: a better priority carries all calls"),
        /** The own locality carries all its callers. */
        ELSEWHERE("is skipped: the own locality carries its callers; retries may come"),
        /** Nobody there may be picked. */
        UNUSABLE("is skipped: none of its endpoints is usable"),
        /** Localities have weights, and it has none. */
        UNWEIGHTED("is skipped: it has no weight");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        /** {@return what to say about it, to go on after its name} */
        public String words() {
            return words;
        }
    }

    /** {@return the localities of a level, by name} */
    static List<LocalityPart> of(Level level, List<Share> shares) {
        Map<String, List<Member>> byPlace = new TreeMap<>();
        level.members()
                .forEach(member -> byPlace.computeIfAbsent(
                                member.endpoint().config().locality(), place -> new ArrayList<>())
                        .add(member));
        List<LocalityPart> localities = new ArrayList<>();
        byPlace.forEach((place, members) -> localities.add(of(level.priority(), place, members, shares)));
        return localities;
    }

    private static LocalityPart of(int priority, String place, List<Member> members, List<Share> shares) {
        long part = 0;
        Reason reason = null;
        int usable = (int) members.stream().filter(Member::usable).count();
        boolean carries = shares.stream().anyMatch(share -> share.millionths() > 0);
        for (Share share : shares) {
            if (share.locality() != null && !share.locality().equals(place)) {
                continue;
            }
            long weight = share.pool().weightOf(members);
            if (share.refuses()) {
                reason = Reason.REFUSED;
            } else if (weight > 0) {
                part = share.millionths() * weight / share.pool().total();
                reason = reason(share, carries);
            }
        }
        if (reason == null) {
            reason = usable == 0 ? Reason.UNUSABLE : Reason.UNWEIGHTED;
        }
        return new LocalityPart(priority, place, members.size(), usable, part * 100.0 / Share.WHOLE, reason);
    }

    private static Reason reason(Share share, boolean carries) {
        if (share.millionths() == 0) {
            return carries ? Reason.ELSEWHERE : Reason.STANDBY;
        }
        if (share.panic()) {
            return Reason.PANIC;
        }
        return share.locality() == null ? Reason.BY_ENDPOINTS : Reason.BY_LOCALITY;
    }
}
