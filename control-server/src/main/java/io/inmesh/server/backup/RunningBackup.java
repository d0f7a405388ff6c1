package io.inmesh.server.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.inmesh.server.ca.AuditLog;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Listing;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Map;

/**
 * Takes backups of a store while servers use it. The authority is part of it, sealed, if several servers share the store; files of a server
 * that has a store of its own stay where they are.
 */
public final class RunningBackup {

    private final Engine engine;
    private final AuditLog audit;
    private final InstantSource clock;

    /** Takes nothing yet. */
    public RunningBackup(Engine engine, AuditLog audit, InstantSource clock) {
        this.engine = engine;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * A backup.
     *
     * @param revision the engine's, of which all of it is
     * @param text what {@link Backup#read} reads
     */
    public record Taken(long revision, String text) {}

    /**
     * {@return everything in the store, at one revision}
     *
     * @param actor who asks for it: it goes into the audit log first
     * @throws JsonProcessingException never, since everything in it can be written
     */
    public Taken take(String actor) throws JsonProcessingException {
        audit.append("backup-taken", actor, Map.of());
        Listing listing = engine.list();
        return new Taken(
                listing.revision(),
                new Backup(listing.tables(), Collections.emptySortedMap()).text(listing.revision(), clock.instant()));
    }
}
