package io.inmesh.observe;

import org.jspecify.annotations.Nullable;

/** An observer that many calls have in common, so that the pair it makes with another such observer can be kept for the next call. */
abstract class SharedCallObserver implements CallObserver {

    // Written by whoever comes first or again: whichever pair is seen is a right one, since records are safe to share.
    private @Nullable ManyCallObservers pair;

    /** {@return an observer that tells another one and then this} */
    final CallObserver after(SharedCallObserver first) {
        ManyCallObservers known = pair;
        if (known == null || known.first() != first) {
            known = new ManyCallObservers(first, this);
            pair = known;
        }
        return known;
    }
}
