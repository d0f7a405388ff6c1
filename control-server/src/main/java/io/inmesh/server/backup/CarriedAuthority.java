package io.inmesh.server.backup;

import io.inmesh.server.ca.AuthorityCopy;
import io.inmesh.server.ca.AuthoritySettings;
import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.Engine;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The certificate authority as it goes from one store to another: beside a store of one server it is files, in a store of several an entry
 * that is sealed.
 *
 * @param tables what the store is to hold
 * @param files what the authority's folder is to hold; empty to leave it as it is
 */
record CarriedAuthority(SortedMap<String, SortedMap<String, byte[]>> tables, SortedMap<String, String> files) {

    /** What becomes of an authority that is in the store already, beside that of the copy. */
    enum Present {
        /** The copy is refused, unless both are the same. */
        PROTECTED,
        /** It stays, and that of the copy is left out. */
        KEPT,
        /** It goes. */
        REPLACED
    }

    /**
     * {@return a copy in the form that its place wants}
     *
     * @param copy what is carried
     * @param to the store it is for
     * @param present what becomes of the authority there
     * @param before settings of the servers the copy is from, whose passphrase it is sealed or its keys are encrypted under
     * @param after settings of the servers on {@code to}
     * @throws IOException if a passphrase is missing or wrong, or an authority that is there would go; the message says what to do
     */
    static CarriedAuthority of(
            Backup copy, Engine to, Present present, AuthoritySettings before, AuthoritySettings after)
            throws IOException {
        SortedMap<String, SortedMap<String, byte[]>> tables = new TreeMap<>(copy.tables());
        SortedMap<String, byte[]> table = tables.remove(AuthorityCopy.TABLE);
        byte[] sealed = table == null ? null : table.get(AuthorityCopy.KEY);
        Map<String, String> environment = System.getenv();
        if (to instanceof EmbeddedEngine) {
            return new CarriedAuthority(
                    tables,
                    present == Present.KEPT
                            ? Collections.emptySortedMap()
                            : sealed == null
                                    ? copy.authority()
                                    : AuthorityCopy.open(sealed, before, after, environment));
        }
        byte[] there = to.get(AuthorityCopy.TABLE, AuthorityCopy.KEY).orElse(null);
        boolean ofFiles = sealed == null;
        if (ofFiles && !copy.authority().isEmpty() && !(there != null && present == Present.KEPT)) {
            sealed = AuthorityCopy.seal(
                    copy.authority(), before, after, environment, there == null ? 0 : AuthorityCopy.generation(there));
        }
        byte[] chosen = choose(there, sealed, present, ofFiles);
        if (chosen != null) {
            if (chosen == sealed && !ofFiles) {
                AuthorityCopy.requireOpens(chosen, after, environment);
            }
            tables.put(AuthorityCopy.TABLE, new TreeMap<>(Map.of(AuthorityCopy.KEY, chosen)));
        }
        return new CarriedAuthority(tables, Collections.emptySortedMap());
    }

    /** {@return whether there is an authority in it} */
    boolean comesWith() {
        return !files.isEmpty() || tables.containsKey(AuthorityCopy.TABLE);
    }

    private static byte @Nullable [] choose(
            byte @Nullable [] there, byte @Nullable [] copied, Present present, boolean ofFiles) throws IOException {
        if (there == null || copied == null || Arrays.equals(there, copied)) {
            return copied == null ? there : copied;
        }
        if (present == Present.PROTECTED) {
            throw new IOException("the store has a certificate authority after " + AuthorityCopy.generation(there)
                    + " changes, and the copy "
                    // Files do not count changes: what they are sealed with only follows what is there.
                    + (ofFiles
                            ? "is a backup of files, whose age is not known"
                            : "has one after " + AuthorityCopy.generation(copied))
                    + ": roots may have been replaced meanwhile, and processes that trust only the newer ones would be cut"
                    + " off. Add --keep-authority to go on with the one that is there, or --replace-authority to go"
                    + " back to that of the copy");
        }
        return present == Present.KEPT ? there : copied;
    }
}
