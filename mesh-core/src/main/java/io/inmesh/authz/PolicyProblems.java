package io.inmesh.authz;

/** Told what is wrong with policies while they are compiled. */
@FunctionalInterface
public interface PolicyProblems {

    /**
     * Something is wrong; the policies must not be used.
     *
     * @param resource the policy
     * @param field which part of it
     * @param message what is wrong
     * @param remedy what to write instead
     */
    void report(String resource, String field, String message, String remedy);
}
