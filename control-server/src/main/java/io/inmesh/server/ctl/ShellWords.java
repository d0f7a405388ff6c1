package io.inmesh.server.ctl;

import java.util.ArrayList;
import java.util.List;

/** Takes a line apart as a shell does: at spaces that are not quoted. Nothing in it is expanded. */
final class ShellWords {

    private ShellWords() {}

    /** {@return the words of a line, never none: the last one is what stands before its end, empty after a space} */
    static List<String> of(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        boolean begun = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                if (begun) {
                    words.add(word.toString());
                    word.setLength(0);
                    begun = false;
                }
                continue;
            }
            begun = true;
            if (c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
            } else if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
                i++;
                word.append(line.charAt(i));
            } else {
                word.append(c);
            }
        }
        words.add(word.toString());
        return words;
    }
}
