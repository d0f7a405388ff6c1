package io.inmesh.authz;

/** Told what policies that change no answer have to say about a request. */
public interface PolicyListener {

    /**
     * An AUDIT policy matched. Once for each resource that has a rule that does.
     *
     * @param match names the rule
     */
    void audited(Decision match);

    /**
     * The policies on trial were evaluated. Once for each resource that would change the answer if it were enforced; if none would, once
     * with the decision as it is.
     *
     * @param decision what was decided
     * @param shadow what would be; names the resource that makes the difference
     */
    void shadowDecided(Decision decision, Decision shadow);
}
