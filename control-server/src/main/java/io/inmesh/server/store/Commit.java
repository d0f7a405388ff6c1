package io.inmesh.server.store;

import io.inmesh.server.store.ConfigStore.Event;
import io.inmesh.server.store.ConfigStore.EventType;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A step as it is put to the engine: resources and revision together, so that a revision is never given twice, not even after a crash.
 *
 * @param before the revision that it was judged by
 * @param step what it makes of the configuration
 * @param author who asked, for the versions that are kept
 * @param guards what else has to be so
 */
record Commit(long before, Step step, String author, List<Guard> guards) {

    /**
     * {@return whether it was the next step; if not, another server was quicker}
     *
     * @param always what else has to be so; if it is not, that shows when the store is read anew
     *
     * @throws StoreUnavailableException also if a guard does not hold; otherwise it would be tried for ever
     */
    boolean to(Engine engine, VersionLog versions, List<Guard> always) {
        List<Guard> all = new ArrayList<>(guards);
        all.addAll(always);
        all.add(new Guard(Entries.META, Entries.REVISION, before == 0 ? null : Entries.bytes(before)));
        boolean made = engine.change(all, writes(versions));
        if (!made) {
            guards.forEach(guard -> requireHeld(engine, guard));
        }
        return made;
    }

    private List<Write> writes(VersionLog versions) {
        List<Write> writes = new ArrayList<>(versions.writes(step.events(), author));
        writes.add(new Write(
                Entries.META, Entries.REVISION, Entries.bytes(step.view().revision())));
        for (Event event : step.events()) {
            writes.add(new Write(
                    Entries.RESOURCES,
                    Entries.key(event.resource().key()),
                    event.type() == EventType.DELETED ? null : Entries.bytes(event.resource())));
        }
        return writes;
    }

    private static void requireHeld(Engine engine, Guard guard) {
        if (!Arrays.equals(engine.get(guard.table(), guard.key()).orElse(null), guard.expected())) {
            throw StoreUnavailableException.nothingChanged(
                    "this server may not make the change any more, since another one leads by now", null);
        }
    }
}
