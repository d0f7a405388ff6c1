package io.inmesh.observe;

import java.util.List;

/** Puts observers together. */
public final class Observers {

    private Observers() {}

    /**
     * {@return one observer that tells several, in order}
     *
     * <p>One that throws is logged, and the others are told all the same. Where only one of them cares about a call, its own {@link
     * CallObserver} is returned, so that several observers cost no more than they use.
     */
    public static MeshObserver of(List<MeshObserver> observers) {
        List<MeshObserver> seeing = observers.stream()
                .filter(observer -> observer != MeshObserver.NONE)
                .toList();
        return seeing.isEmpty() ? MeshObserver.NONE : new ManyObservers(seeing);
    }
}
