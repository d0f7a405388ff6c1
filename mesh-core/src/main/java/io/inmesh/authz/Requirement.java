package io.inmesh.authz;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What requests must have one of for a test to hold, by what its parts ask for. */
final class Requirement {

    private Requirement() {}

    /** Tests that consist of no others. */
    interface Single {
        /** {@return texts of which a request must have one for a test to hold; null if it may hold for any} */
        @Nullable
        Set<String> of(FactTest test);
    }

    /** {@return texts of which a request must have one for a test to hold; null if it may hold for any} */
    static @Nullable Set<String> of(FactTest test, Single single) {
        if (test instanceof FactTest.All all) {
            // One part that asks for something is enough, since all have to hold.
            for (FactTest part : all.parts()) {
                Set<String> own = of(part, single);
                if (own != null) {
                    return own;
                }
            }
            return null;
        } else if (!(test instanceof FactTest.AnyOf any)) {
            return single.of(test);
        } else {
            Set<String> together = new TreeSet<>();
            for (FactTest part : any.parts()) {
                Set<String> own = of(part, single);
                if (own == null) {
                    return null;
                }
                together.addAll(own);
            }
            return together;
        }
    }
}
