package io.inmesh.stage;

/**
 * One policy concern. It admits work or refuses it; what it admitted, it is told about once, when it ended.
 *
 * <p>The type parameter says which ring a stage belongs to: a {@code Stage<Call>} sees each call once, a {@code
 * Stage<Attempt>} each try of it, so a limit per try cannot be put into the call ring by mistake.
 *
 * @param <W> the work: a call or an attempt
 */
public interface Stage<W> {

    /**
     * Decides about work that is about to begin. Must not block.
     *
     * @param work what is about to begin
     * @return a verdict; stages without memory of single pieces of work return the same object every time
     */
    Verdict<W> admit(W work);
}
