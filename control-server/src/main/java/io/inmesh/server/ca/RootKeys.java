package io.inmesh.server.ca;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the keys of roots that are here are theirs. A root's key is needed once a year or so, so a damaged one would be noticed when it is too late
 * to find a backup of it; everything else works without it, as if it were kept elsewhere. Safe for use by several threads.
 */
final class RootKeys {
    private static final Logger LOG = LoggerFactory.getLogger(RootKeys.class);

    private final AuthorityKeeper keeper;
    private volatile List<String> faults;

    private RootKeys(AuthorityKeeper keeper) throws SecretFiles.ExposedException {
        this.keeper = keeper;
        this.faults = find(keeper);
    }

    /**
     * Looks at the keys, and logs what is wrong.
     *
     * @throws SecretFiles.ExposedException if others may read one
     */
    static RootKeys look(AuthorityKeeper keeper) throws SecretFiles.ExposedException {
        RootKeys keys = new RootKeys(keeper);
        keys.faults.forEach(LOG::error);
        return keys;
    }

    /** Looks anew at keys that could not be used: they may be put right while the server runs. */
    void lookAgain() {
        if (faults.isEmpty()) {
            return;
        }
        try {
            faults = find(keeper);
        } catch (SecretFiles.ExposedException e) {
            faults = List.of(String.valueOf(e.getMessage()));
        }
        if (faults.isEmpty()) {
            LOG.info("the keys of roots can be used again");
        }
    }

    /**
     * {@return what is wrong with keys of roots that are still in use, in words for operators: what does not work, what does, and what to do}
     * Keys that are not here are not missed.
     */
    List<String> faults() {
        return faults;
    }

    private static List<String> find(AuthorityKeeper keeper) throws SecretFiles.ExposedException {
        AuthorityState state = keeper.state();
        AuthorityTexts texts = new AuthorityTexts(keeper.store(), state.copy());
        List<String> found = new ArrayList<>();
        for (Root root : state.roots().all()) {
            try {
                if (root.state() != RootState.GONE && texts.hasRootKey(root.id())) {
                    texts.issuer(root);
                }
            } catch (SecretFiles.ExposedException e) {
                throw e;
            } catch (IOException e) {
                found.add(fault(root, e, keeper.store()));
            }
        }
        return List.copyOf(found);
    }

    private static String fault(Root root, IOException problem, AuthorityStore store) {
        Signer signer = root.signer();
        return "the key of root " + root.id() + " cannot be used (" + problem.getMessage() + "): "
                + (root.state() == RootState.ACTIVE && signer != null
                        ? "certificates are issued until the intermediate ends at " + signer.notAfter()
                                + ", which cannot be renewed, nor can this root vouch for another one; "
                        : "this root cannot vouch for another one, nor can its intermediate be renewed; ")
                + store.missingKey(AuthorityTexts.rootKey(root.id()));
    }
}
