package io.inmesh.server.ca;

import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Write;
import io.inmesh.server.store.FollowedTables;
import io.inmesh.server.store.Schema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One authority for all servers on a store: one entry of it, sealed ({@link AuthoritySeal}). Every change puts another value in the place of
 * exactly the one it was judged by, so of servers that change something at once only one does.
 */
final class AuthorityTable implements AuthorityStore {
    /** The table; to be followed. */
    static final String TABLE = "authority";

    /** Its only entry. */
    static final String KEY = "state";

    private final Engine engine;
    private final FollowedTables followed;
    private final AuthoritySeal seal;

    private record Sealed(byte @Nullable [] value, long generation, SortedMap<String, String> texts) implements Copy {
        @Override
        public Optional<String> text(String name) {
            return Optional.ofNullable(texts.get(name));
        }

        @Override
        public List<String> names(String folder) {
            String beginning = folder + "/";
            return texts.keySet().stream()
                    .filter(name -> name.startsWith(beginning) && name.indexOf('/', beginning.length()) < 0)
                    .toList();
        }

        @Override
        public boolean same(Copy other) {
            return other instanceof Sealed sealed && Arrays.equals(value, sealed.value());
        }
    }

    /**
     * Of an engine.
     *
     * @param followed follows {@link #TABLE} of it
     * @param seal the same for all servers
     */
    AuthorityTable(Engine engine, FollowedTables followed, AuthoritySeal seal) {
        this.engine = engine;
        this.followed = followed;
        this.seal = seal;
    }

    @Override
    public Copy read() throws IOException {
        return open(engine.get(TABLE, KEY).orElse(null));
    }

    private Copy open(byte @Nullable [] value) throws IOException {
        if (value == null) {
            return new Sealed(null, 0, new TreeMap<>());
        }
        AuthoritySeal.Opened opened = seal.open(value);
        if (!opened.texts().containsKey(AuthorityTexts.STATE) && !opened.texts().containsKey(EarlierLayout.MARK)) {
            // Taken for the very first start, another authority would be founded, which nobody trusts.
            throw new IOException("the certificate authority in the store has no list of its roots ("
                    + AuthorityTexts.STATE + "); restore it from a backup with control-server store restore");
        }
        return new Sealed(value, opened.generation(), opened.texts());
    }

    @Override
    public Optional<Copy> change(Copy judged, Map<String, Optional<String>> changes, List<Guard> fence) {
        Sealed before = (Sealed) judged;
        SortedMap<String, String> texts = new TreeMap<>(before.texts());
        changes.forEach((name, text) -> text.ifPresentOrElse(t -> texts.put(name, t), () -> texts.remove(name)));
        long generation = before.generation() + 1;
        byte[] value = seal.seal(generation, texts);
        List<Guard> guards = new ArrayList<>(fence);
        guards.add(new Guard(TABLE, KEY, before.value()));
        List<Write> writes = new ArrayList<>(List.of(new Write(TABLE, KEY, value)));
        if (before.value() == null) {
            // A server that does not look for the authority here would found one of its own.
            writes.add(Schema.current());
        }
        return engine.change(guards, writes) ? Optional.of(new Sealed(value, generation, texts)) : Optional.empty();
    }

    @Override
    public void onChange(Listener listener) {
        followed.onChange(
                TABLE, () -> listener.heard(() -> open(followed.scan(TABLE).get(KEY))));
    }

    /** What is sealed as a whole needs no encryption inside. */
    @Override
    public KeyCipher cipher() {
        return KeyCipher.NONE;
    }

    @Override
    public boolean encrypts() {
        return true;
    }

    @Override
    public boolean shared() {
        return true;
    }

    @Override
    public String whole() {
        return "the store";
    }

    @Override
    public String place(String name) {
        return name + " of the certificate authority in the store";
    }

    @Override
    public String missingKey(String name) {
        return "give a newer intermediate in section authority of the settings; the root's key is not in the store";
    }
}
