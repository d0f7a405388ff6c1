package io.inmesh.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Which form the state in an engine has. It is written with the state, so that no server reads what it would misunderstand. */
public final class Schema {

    /**
     * The newest form this server reads and writes: in it the certificate authority may be in the store. A store gets it with the authority,
     * or with a copy that is put there, and has the {@link #FIRST} until then.
     */
    public static final int CURRENT = 2;

    private static final int FIRST = 1;

    /** Table of what is said about the state as a whole. */
    public static final String TABLE = Entries.META;

    /** Table of the resources, as JSON. */
    public static final String RESOURCES = Entries.RESOURCES;

    /** Table of the servers that run. */
    public static final String REPLICAS = "replicas";

    /** Table of the server that leads. */
    public static final String LEADER = "leader";

    /** Entry that is there while a copy is being put into an engine, and until it is there completely. */
    public static final String UNFINISHED = "unfinished";

    /** Counter of the configuration's revision. */
    public static final String REVISION = Entries.REVISION;

    /** Tables of entries that are bound to leases of running servers, and mean nothing in a copy. */
    public static final Set<String> PASSING = Set.of("registry-owners", REPLICAS, LEADER);

    private static final String VERSION = "schema";

    /** Which store it is: another one has another value, so that an empty one is not taken for one whose entries were deleted. */
    static final String IDENTITY = "id";

    private Schema() {}

    /**
     * Sees whether this server may use an engine, and marks one that is not marked with the first form, and as a store of its own: it is new,
     * or from before there were marks.
     *
     * @throws IOException if not; the message says what to do
     */
    public static void check(Engine engine) throws IOException {
        refuseUnfinished(engine);
        int version = version(engine);
        if (version == 0) {
            engine.compareAndSet(TABLE, VERSION, null, mark(FIRST));
            version = version(engine);
        }
        if (version > CURRENT) {
            throw new IOException("the store has form " + version + ", and this server knows forms up to " + CURRENT
                    + " only: a newer server has used it; start that one, or restore a backup from before");
        }
        if (engine.get(TABLE, IDENTITY).isEmpty()) {
            engine.compareAndSet(
                    TABLE, IDENTITY, null, UUID.randomUUID().toString().getBytes(UTF_8));
        }
    }

    /**
     * Sees whether an engine holds all of what a restore or a move has put there. Changes nothing.
     *
     * @throws IOException if not; the message says what to do
     */
    public static void refuseUnfinished(Engine engine) throws IOException {
        if (engine.get(TABLE, UNFINISHED).isPresent()) {
            throw new IOException(
                    "the store holds a copy that has not been put there completely; run the restore or move"
                            + " that was interrupted again");
        }
    }

    /** {@return which store it is, as {@link #check} has marked it; empty if it has not} */
    static String identity(Engine engine) {
        return engine.get(TABLE, IDENTITY).map(id -> new String(id, UTF_8)).orElse("");
    }

    /** {@return the mark of form {@link #CURRENT}, to be made together with what servers of earlier forms would misunderstand} */
    public static Engine.Write current() {
        return new Engine.Write(TABLE, VERSION, mark(CURRENT));
    }

    private static byte[] mark(int form) {
        return Integer.toString(form).getBytes(UTF_8);
    }

    private static int version(Engine engine) throws IOException {
        Optional<byte[]> mark = engine.get(TABLE, VERSION);
        if (mark.isEmpty()) {
            return 0;
        }
        String text = new String(mark.get(), UTF_8);
        if (!text.matches("\\d{1,9}")) {
            throw new IOException("the store's mark of its form is damaged (\"" + text + "\"); restore a backup");
        }
        return Integer.parseInt(text);
    }
}
