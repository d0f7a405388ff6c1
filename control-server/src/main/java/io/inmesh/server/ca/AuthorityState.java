package io.inmesh.server.ca;

import io.inmesh.server.ca.AuthorityStore.Copy;
import java.io.IOException;
import java.util.List;

/**
 * An authority at one moment. Immutable, but for files that {@code copy} may stand for.
 *
 * @param copy what it was read from
 * @param roots all roots
 * @param earlier intermediates that sign no workloads any more
 */
record AuthorityState(Copy copy, RootSet roots, EarlierSigners earlier) {

    /** {@return what a copy holds} */
    static AuthorityState read(AuthorityStore store, Copy copy) throws IOException {
        AuthorityTexts texts = new AuthorityTexts(store, copy);
        List<Root> roots = texts.roots();
        return new AuthorityState(copy, new RootSet(roots), EarlierSigners.read(texts, roots));
    }
}
