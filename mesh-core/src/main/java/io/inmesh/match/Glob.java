package io.inmesh.match;

/**
 * Texts with wildcards between pieces that are literal. A fraction of what a regular expression costs.
 *
 * @param pieces what stands literally, in order; the first begins the text and the last ends it, either may be empty
 * @param gaps least number of characters between a piece and the next, one less than pieces
 */
record Glob(String[] pieces, int[] gaps) {

    /** {@return whether the whole of a text fits} */
    boolean matches(String value) {
        int last = pieces.length - 1;
        if (last == 0) {
            return value.equals(pieces[0]);
        }
        if (!value.startsWith(pieces[0])) {
            return false;
        }
        // The leftmost place of each piece leaves the most room for those after it.
        int position = pieces[0].length();
        for (int i = 1; i < last; i++) {
            int found = value.indexOf(pieces[i], position + gaps[i - 1]);
            if (found < 0) {
                return false;
            }
            position = found + pieces[i].length();
        }
        return value.length() - pieces[last].length() >= position + gaps[last - 1] && value.endsWith(pieces[last]);
    }
}
