package io.inmesh.authz;

import io.inmesh.identity.SpiffeId;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which of many policies can match a peer at all. What a policy asks of the identity alone is worked out once per peer, and kept for as many
 * peers as a workload usually has; for more, every policy is tested.
 */
final class PeerIndex {

    private static final int MOST_PEERS = 1024;

    /** What a test comes to if only the peer is known. */
    private enum Verdict {
        FALSE,
        UNKNOWN,
        TRUE
    }

    private final FactTest[] tests;
    private final int[] all;
    private final int[] anonymous;
    private final boolean selective;
    private final ConcurrentHashMap<SpiffeId, int[]> byPeer = new ConcurrentHashMap<>();

    PeerIndex(List<FactTest> tests) {
        this.tests = tests.toArray(new FactTest[0]);
        this.all = IntStream.range(0, this.tests.length).toArray();
        this.anonymous = worthTesting(null);
        this.selective = tests.stream().anyMatch(PeerIndex::asksForPeer);
    }

    /** {@return indices of the policies that may match a peer, in their order} */
    int[] candidates(@Nullable SpiffeId peer) {
        if (!selective) {
            return all;
        }
        if (peer == null) {
            return anonymous;
        }
        int[] known = byPeer.get(peer);
        if (known != null) {
            return known;
        }
        return byPeer.size() < MOST_PEERS ? byPeer.computeIfAbsent(peer, this::worthTesting) : all;
    }

    private int[] worthTesting(@Nullable SpiffeId peer) {
        String text = peer == null ? null : peer.toString();
        return IntStream.range(0, tests.length)
                .filter(i -> verdict(tests[i], peer, text) != Verdict.FALSE)
                .toArray();
    }

    private static boolean asksForPeer(FactTest test) {
        if (test instanceof FactTest.All every) {
            return asksForPeer(every.parts());
        } else if (test instanceof FactTest.AnyOf any) {
            return any.parts().length == 0 || asksForPeer(any.parts());
        } else if (test instanceof FactTest.Not not) {
            return asksForPeer(not.part());
        }
        return test instanceof FactTest.ExactPrincipal
                || test instanceof FactTest.Principal
                || test instanceof FactTest.Authenticated;
    }

    private static boolean asksForPeer(FactTest[] parts) {
        for (FactTest part : parts) {
            if (asksForPeer(part)) {
                return true;
            }
        }
        return false;
    }

    private static Verdict verdict(FactTest test, @Nullable SpiffeId peer, @Nullable String text) {
        if (test instanceof FactTest.All every) {
            Verdict least = Verdict.TRUE;
            for (FactTest part : every.parts()) {
                Verdict verdict = verdict(part, peer, text);
                least = verdict.compareTo(least) < 0 ? verdict : least;
            }
            return least;
        } else if (test instanceof FactTest.AnyOf any) {
            Verdict most = Verdict.FALSE;
            for (FactTest part : any.parts()) {
                Verdict verdict = verdict(part, peer, text);
                most = verdict.compareTo(most) > 0 ? verdict : most;
            }
            return most;
        } else if (test instanceof FactTest.Not not) {
            Verdict verdict = verdict(not.part(), peer, text);
            return verdict == Verdict.UNKNOWN ? verdict : of(verdict == Verdict.FALSE);
        } else if (test instanceof FactTest.ExactPrincipal exact) {
            return of(exact.id().equals(peer));
        } else if (test instanceof FactTest.Principal principal) {
            return of(text != null && principal.text().test(text));
        } else if (test instanceof FactTest.Authenticated) {
            return of(peer != null);
        }
        return test instanceof FactTest.Always ? Verdict.TRUE : Verdict.UNKNOWN;
    }

    private static Verdict of(boolean holds) {
        return holds ? Verdict.TRUE : Verdict.FALSE;
    }
}
