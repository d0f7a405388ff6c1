package io.inmesh.dispatch;

import io.inmesh.identity.IdentityHolder;
import io.inmesh.observe.MeshObserver;
import io.inmesh.observe.MeshObserver.MirrorSkip;
import io.inmesh.route.MirrorTarget;
import io.inmesh.stage.Ring;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Draws which clusters see a copy of a call, and is where copies pass. One per mesh; thread-safe. */
final class Mirroring {

    /** Copies nothing. */
    static final Mirroring NONE = new Mirroring(null, MeshObserver.NONE);

    private final @Nullable OutboundGate gate;
    private final MeshObserver observer;

    private Mirroring(@Nullable OutboundGate gate, MeshObserver observer) {
        this.gate = gate;
        this.observer = observer;
    }

    /** {@return what draws copies, which pass rings of their own} */
    static Mirroring of(Clock clock, Randomness randomness, IdentityHolder identity, MeshObserver observer) {
        OutboundGate gate = new OutboundGate(
                clock,
                randomness,
                new Ring<>(List.of()),
                new Ring<>(OutboundStages.mirrored(identity, clock, randomness)),
                NONE);
        return new Mirroring(gate, observer);
    }

    /** {@return the copies of a call whose first attempt this is, each of them drawn by itself} */
    List<MirroredCall> draw(OutboundAttempt first) {
        List<MirrorTarget> targets = first.route().mirrors();
        OutboundGate copies = gate;
        if (targets.isEmpty() || copies == null) {
            return List.of();
        }
        List<MirroredCall> drawn = new ArrayList<>(targets.size());
        for (MirrorTarget target : targets) {
            if (!target.drawn(copies.randomness())) {
                continue;
            }
            if (target.cluster().missing()) {
                MirroredCall.skipped(observer, target.cluster().name(), MirrorSkip.NO_CLUSTER);
            } else if (!target.cluster().limits().tryBeginMirrored()) {
                MirroredCall.skipped(observer, target.cluster().name(), MirrorSkip.OVERFLOW);
            } else {
                drawn.add(new MirroredCall(
                        first.dispatch(),
                        copies,
                        observer,
                        first.route().copyTo(first.destination(), target.cluster()),
                        target.cluster()));
            }
        }
        return drawn;
    }

    void close() {
        if (gate != null) {
            gate.close();
        }
    }
}
