package io.inmesh.authz;

import io.inmesh.identity.SpiffeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which of many policies can match a peer at all: most name the few identities they are about, and those need no test for others. */
final class PrincipalIndex {

    private final Map<SpiffeId, int[]> byPrincipal;
    private final int[] others;

    private PrincipalIndex(Map<SpiffeId, int[]> byPrincipal, int[] others) {
        this.byPrincipal = byPrincipal;
        this.others = others;
    }

    static PrincipalIndex of(List<FactTest> tests) {
        List<@Nullable Set<SpiffeId>> required = new ArrayList<>();
        Set<SpiffeId> named = new LinkedHashSet<>();
        for (FactTest test : tests) {
            Set<SpiffeId> ids = required(test);
            required.add(ids);
            if (ids != null) {
                named.addAll(ids);
            }
        }
        Map<SpiffeId, int[]> byPrincipal = new HashMap<>();
        for (SpiffeId id : named) {
            byPrincipal.put(id, worthTesting(required, id));
        }
        return new PrincipalIndex(byPrincipal, worthTesting(required, null));
    }

    /** {@return indices of the policies that may match a peer, in their order} */
    int[] candidates(@Nullable SpiffeId peer) {
        if (peer == null || byPrincipal.isEmpty()) {
            return others;
        }
        int[] found = byPrincipal.get(peer);
        return found == null ? others : found;
    }

    private static int[] worthTesting(List<@Nullable Set<SpiffeId>> required, @Nullable SpiffeId id) {
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < required.size(); i++) {
            Set<SpiffeId> ids = required.get(i);
            if (ids == null || id != null && ids.contains(id)) {
                indices.add(i);
            }
        }
        return indices.stream().mapToInt(Integer::intValue).toArray();
    }

    /** {@return the identities of which a peer must have one for a test to hold; null if it may hold for any} */
    private static @Nullable Set<SpiffeId> required(FactTest test) {
        if (test instanceof FactTest.ExactPrincipal exact) {
            return Set.of(exact.id());
        }
        if (test instanceof FactTest.All all) {
            // One part that names identities is enough, since all have to hold.
            for (FactTest part : all.parts()) {
                Set<SpiffeId> ids = required(part);
                if (ids != null) {
                    return ids;
                }
            }
            return null;
        }
        if (!(test instanceof FactTest.AnyOf any)) {
            return null;
        }
        Set<SpiffeId> together = new LinkedHashSet<>();
        for (FactTest part : any.parts()) {
            Set<SpiffeId> ids = required(part);
            if (ids == null) {
                return null;
            }
            together.addAll(ids);
        }
        return together;
    }
}
