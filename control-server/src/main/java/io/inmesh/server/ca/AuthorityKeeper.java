package io.inmesh.server.ca;

import io.inmesh.server.ca.AuthorityStore.Copy;
import io.inmesh.server.ca.AuthorityStore.Reading;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.StoreUnavailableException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the state of an authority, changes it, and takes over what other servers make of it. What cannot be read, or is older than what
 * has been known, is not taken: the last good state stays. Safe for use by several threads.
 */
final class AuthorityKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(AuthorityKeeper.class);

    private final AuthorityStore store;
    private final Check check;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Object changing = new Object();
    private volatile AuthorityState state;
    private volatile @Nullable String problem;

    /** Somebody else was quicker, or may do now what this server could until now. Nothing has been changed. */
    static final class OvertakenException extends IOException {
        private static final long serialVersionUID = 1L;

        OvertakenException() {
            super("another control server has changed the authority at the same moment, so nothing has been done here;"
                    + " look at it (meshctl ca root list), and do this again if it is still to be done");
        }
    }

    /** A change. */
    @FunctionalInterface
    interface Edit {
        /**
         * Writes into texts what changes beside the list of roots.
         *
         * @param now the state that is changed
         * @return the roots there are to be; those of before if nothing but texts changes
         */
        RootSet apply(AuthorityTexts texts, AuthorityState now) throws IOException;
    }

    /** Says whether roots can be gone on with. */
    @FunctionalInterface
    interface Check {
        /** Throws if they cannot, with what is wrong. */
        void check(RootSet roots) throws IOException;
    }

    /**
     * Begins with a state.
     *
     * @param check what is taken over from other servers has to pass it
     */
    AuthorityKeeper(AuthorityStore store, AuthorityState state, Check check) {
        this.store = store;
        this.state = state;
        this.check = check;
        store.onChange(this::heard);
        // What has happened between.
        heard(store::read);
    }

    AuthorityState state() {
        return state;
    }

    AuthorityStore store() {
        return store;
    }

    /** {@return why this server goes by an earlier state than the store has, in words for operators; empty if it does not} */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Calls a listener after every change, whoever made it, on the thread that made or heard of it. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Makes a change, and tells of it.
     *
     * @param fence what else has to be so
     * @throws OvertakenException if somebody else was quicker, whose change is taken over then, or the fence does not hold
     * @throws StoreUnavailableException if the store cannot be asked
     */
    void change(List<Guard> fence, Edit edit) throws IOException {
        boolean overtaken;
        boolean news = true;
        synchronized (changing) {
            AuthorityState before = state;
            AuthorityTexts texts = new AuthorityTexts(store, before.copy());
            RootSet after = edit.apply(texts, before);
            if (!after.equals(before.roots())) {
                texts.state(after.all());
            }
            Optional<Copy> copy = texts.commit(fence);
            overtaken = copy.isEmpty();
            if (overtaken) {
                news = takeOver(store.read());
            } else {
                state = AuthorityState.read(store, copy.get());
            }
        }
        if (news) {
            tell();
        }
        if (overtaken) {
            throw new OvertakenException();
        }
    }

    /** Outside of the lock: listeners issue certificates. */
    private void tell() {
        listeners.forEach(Runnable::run);
    }

    private void heard(Reading reading) {
        boolean news = false;
        try {
            synchronized (changing) {
                Copy heard = reading.read();
                if (heard.generation() >= state.copy().generation()) {
                    news = takeOver(heard);
                } else {
                    // What is heard may be behind what has been read or written here. If what is read now is, too, it
                    // is older.
                    news = takeOver(store.read());
                }
            }
        } catch (StoreUnavailableException e) {
            LOG.debug("what another server has made of the authority is read when the store can be asked", e);
        } catch (IOException | RuntimeException e) {
            keep(String.valueOf(e.getMessage()), e);
        }
        if (news) {
            tell();
        }
    }

    /** {@return whether anything is new} */
    private boolean takeOver(Copy found) throws IOException {
        long known = state.copy().generation();
        if (found.generation() == known && found.same(state.copy())) {
            problem = null;
            return false;
        }
        if (found.generation() <= known) {
            keep(
                    "the store has another state of the authority (" + found.generation() + " changes) than this server"
                            + " knows (" + known
                            + "): an older copy has been put in its place; if that is what you want,"
                            + " stop all control servers and start them again",
                    null);
            return false;
        }
        AuthorityState next = AuthorityState.read(store, found);
        check.check(next.roots());
        state = next;
        problem = null;
        LOG.info(
                "took over what another server has made of the authority; root {} signs",
                next.roots().active().id());
        return true;
    }

    private void keep(String reason, @Nullable Exception cause) {
        problem = "the certificate authority stays as it was here: " + reason;
        LOG.error("{}", problem, cause);
    }
}
