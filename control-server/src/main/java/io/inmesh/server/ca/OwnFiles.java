package io.inmesh.server.ca;

import io.inmesh.server.ca.AuthorityStore.Copy;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The files of an authority that a server had for itself before it went by the one in a store.
 *
 * @param place where they are, for messages
 * @param texts their content by name, keys not encrypted; empty if there are none
 */
record OwnFiles(String place, SortedMap<String, String> texts) {
    static final OwnFiles NONE = new OwnFiles("", Collections.emptySortedMap());

    /** What a change begins with that is all there is. */
    private static final class Nothing implements Copy {
        @Override
        public long generation() {
            return 0;
        }

        @Override
        public Optional<String> text(String name) {
            return Optional.empty();
        }

        @Override
        public List<String> names(String folder) {
            return List.of();
        }

        @Override
        public boolean same(Copy other) {
            return false;
        }
    }

    /**
     * Adds to an authority what these files have signed with below its roots, so that there are revocation lists of that too.
     *
     * @param store the authority's
     * @param into a change of it
     * @param known its roots
     * @throws IOException if a root that these files have processes trust is not one that the authority has them trust; the message says
     *     what to do
     */
    void join(AuthorityStore store, AuthorityTexts into, RootSet known, Instant now) throws IOException {
        AuthorityTexts files = new AuthorityTexts(store, new Nothing());
        texts.forEach(files::put);
        List<Root> own = roots(files, now);
        for (Root root : own) {
            if (root.state().inBundle()) {
                require(root.id(), known);
            }
        }
        for (Root root : own) {
            Root there = known.get(root.id()).orElse(null);
            if (there != null && there.state().inBundle()) {
                EarlierSigners.join(into, there, files, root, now);
            }
        }
    }

    private List<Root> roots(AuthorityTexts files, Instant now) throws IOException {
        try {
            List<Root> roots = files.roots();
            Optional<SigningMaterial> only =
                    roots.isEmpty() ? files.earlierLayout().read() : Optional.empty();
            return only.isEmpty()
                    ? roots
                    : List.of(new Root(
                            Root.idOf(only.get().root()),
                            RootState.ACTIVE,
                            now,
                            only.get().root(),
                            only.get().signer(),
                            List.of()));
        } catch (IOException e) {
            throw new IOException(
                    "the files of the authority in " + place
                            + " are damaged; restore them from a backup, or move the folder away: " + e.getMessage(),
                    e);
        }
    }

    private void require(String id, RootSet known) throws IOException {
        Optional<Root> there = known.get(id);
        if (there.isEmpty() || !there.get().state().inBundle()) {
            throw new IOException(place + " holds an authority whose root " + id
                    + there.map(root -> " is " + root.state() + " in the store")
                            .orElse(" is not one of the authority in the store")
                    + ", so processes that joined this server would be cut off. If that may be, move the folder away; if"
                    + " its roots are those to go on with, stop all servers, remove the entry " + AuthorityTable.KEY
                    + " of table " + AuthorityTable.TABLE + " from the store, and start this server first");
        }
    }
}
