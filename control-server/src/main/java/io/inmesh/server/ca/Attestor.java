package io.inmesh.server.ca;

import java.util.Map;
import java.util.Optional;

/** Finds out who a caller without certificate is by the bearer token it sends. Safe for use by several threads. */
public interface Attestor {

    /**
     * Looks at a token without using it up.
     *
     * @param bearer what the caller sent; not to be logged
     * @return what it proves; empty if it is not of the kind that is known here, so that the next attestor may look
     * @throws Refused if it is of that kind but proves nothing
     * @throws Undecided if it cannot be judged at present; nothing is issued, but the caller may try again
     */
    Optional<Evidence> examine(String bearer) throws Refused, Undecided;

    /**
     * What a token proves.
     *
     * @param identity who the bearer may be
     * @param facts how that was found, for the audit log; no secret
     * @param use counts a use of the token
     */
    record Evidence(WorkloadIdentity identity, Map<String, String> facts, Use use) {
        /** Copies the map. */
        public Evidence {
            facts = Map.copyOf(facts);
        }
    }

    /** Uses a token once. */
    @FunctionalInterface
    interface Use {
        /** To be called once, right before a certificate is issued. */
        void count() throws Refused;
    }

    /** Says why a token could not be judged; for the audit log, never for the caller. */
    class Undecided extends Exception {
        private static final long serialVersionUID = 1L;

        /** Makes one with the reason, in words for operators. */
        public Undecided(String reason) {
            super(reason);
        }
    }

    /** Says why a token is refused; for the audit log, never for the caller. */
    class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Map<String, String> facts;

        /**
         * Makes one.
         *
         * @param reason what is wrong, in words for operators
         * @param facts what else is known about the token; no secret
         */
        public Refused(String reason, Map<String, String> facts) {
            super(reason);
            this.facts = Map.copyOf(facts);
        }

        /** {@return what is known about the token} */
        public final Map<String, String> facts() {
            return facts;
        }
    }
}
