package io.inmesh.explain;

/**
 * Why a decision came out as it did.
 *
 * @param text the reasons
 */
public record Explanation(String text) {

    /** {@return the reasons} */
    @Override
    public String toString() {
        return text;
    }
}
