package io.inmesh.server.ca;

import io.inmesh.server.store.Engine.Guard;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where an authority keeps its state: texts by name, with slashes between folder and name, changed together. {@link AuthorityTexts} says
 * what they are. Safe for use by several threads.
 */
interface AuthorityStore {

    /** What there is at one moment. */
    interface Copy {
        /** {@return how many changes there have been; 0 where nobody else makes any, so that they need not be counted} */
        long generation();

        /** {@return a text; empty if there is none of that name} */
        Optional<String> text(String name) throws IOException;

        /** {@return the names of the texts right below a folder, in order} */
        List<String> names(String folder) throws IOException;

        /** {@return whether another copy of the same store and generation holds the same, so that neither has been put in its place} */
        boolean same(Copy other);
    }

    /** Is told when somebody else has changed something. */
    interface Listener {
        /**
         * Takes what is there now, on a thread of the store.
         *
         * @param heard reads it
         */
        void heard(Reading heard);
    }

    /** Reads what has been heard of. */
    interface Reading {
        /** {@return what is there now} */
        Copy read() throws IOException;
    }

    /**
     * {@return what there is now}
     *
     * @throws IOException if it cannot be read; the message says what to do
     */
    Copy read() throws IOException;

    /**
     * Changes texts, all or none: after a crash either all are changed, or those that nobody looks at yet.
     *
     * @param judged what the change was judged by
     * @param changes texts by name; empty to remove one
     * @param fence what else has to be so
     * @return what there is then; empty if somebody else has changed something since, or the fence does not hold
     */
    Optional<Copy> change(Copy judged, Map<String, Optional<String>> changes, List<Guard> fence) throws IOException;

    /** Tells a listener of what other servers change. */
    void onChange(Listener listener);

    /** {@return how keys are written into texts} */
    KeyCipher cipher();

    /** {@return whether keys are encrypted where they are kept, by whatever} */
    boolean encrypts();

    /** {@return whether other servers are the same authority} */
    boolean shared();

    /** {@return what to call all of it in messages to operators} */
    String whole();

    /** {@return what to call a text in messages to operators} */
    String place(String name);

    /** {@return what an operator does if a root's key is needed, which would be a text of that name, and is not there} */
    String missingKey(String name);
}
