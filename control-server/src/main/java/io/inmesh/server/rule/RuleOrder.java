package io.inmesh.server.rule;

import io.inmesh.server.model.Resource;
import java.util.Comparator;

/**
 * Which of several rules for one thing comes first: the oldest (creation time, in seconds), then by name, then by namespace. Rules from
 * files that carry no creation time are thus ordered by name.
 */
public final class RuleOrder {
    /** The rule that takes precedence first. */
    public static final Comparator<Resource> OLDEST_FIRST = Comparator.comparingLong(
                    (Resource r) -> r.creationTimestamp().getEpochSecond())
            .thenComparing(r -> r.key().name())
            .thenComparing(r -> r.key().namespace());

    private RuleOrder() {}
}
