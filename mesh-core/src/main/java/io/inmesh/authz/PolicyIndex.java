package io.inmesh.authz;

import java.util.List;

/**
 * Which of many policies are worth testing on a request, so that a decision costs about the same for a thousand policies as for ten.
 *
 * @param byPeer those that may match the peer
 * @param byPath those that may match the path
 * @param byHeader those that may match a header
 */
record PolicyIndex(PeerIndex byPeer, PathIndex byPath, HeaderIndex byHeader) {

    static PolicyIndex of(List<FactTest> tests) {
        return new PolicyIndex(new PeerIndex(tests), new PathIndex(tests), new HeaderIndex(tests));
    }

    /** {@return indices of policies in their order, among them every one that matches} */
    int[] candidates(RequestFacts facts) {
        // Each list has every policy that matches, so the shortest will do.
        return shorter(
                shorter(byPeer.candidates(facts.peer()), byPath.candidates(facts.path())), byHeader.candidates(facts));
    }

    private static int[] shorter(int[] first, int[] second) {
        return first.length <= second.length ? first : second;
    }
}
