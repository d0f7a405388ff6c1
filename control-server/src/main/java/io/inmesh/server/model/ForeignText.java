package io.inmesh.server.model;

/** Text that others have written and that ends up on terminals, which obey control characters, and before eyes, which bidirectional ones fool. */
public final class ForeignText {

    private ForeignText() {}

    /** {@return the text with a question mark for each control and formatting character} */
    public static String clean(String text) {
        return text.codePoints().anyMatch(ForeignText::obeyed)
                ? text.codePoints()
                        .map(character -> obeyed(character) ? '?' : character)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString()
                : text;
    }

    /**
     * {@return the same of the beginning}
     *
     * @param longest characters to keep at most; a pair of surrogates counts as one
     */
    public static String clean(String text, int longest) {
        boolean fits = text.codePointCount(0, text.length()) <= longest;
        return clean(fits ? text : text.substring(0, text.offsetByCodePoints(0, longest)));
    }

    private static boolean obeyed(int character) {
        return Character.isISOControl(character) || Character.getType(character) == Character.FORMAT;
    }
}
