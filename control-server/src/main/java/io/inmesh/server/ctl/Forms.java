package io.inmesh.server.ctl;

import java.util.Iterator;
import java.util.List;

/** The forms in which commands show what they found, as shells offer them after {@code -o}: one type for each set of words. */
final class Forms {

    private Forms() {}

    /** Words that are known beforehand. */
    abstract static class Words implements Iterable<String> {

        private final List<String> words;

        Words(String... words) {
            this.words = List.of(words);
        }

        @Override
        public final Iterator<String> iterator() {
            return words.iterator();
        }
    }

    /** Of what is a list. */
    static final class Lists extends Words {
        Lists() {
            super(Listing.FORMS.toArray(new String[0]));
        }
    }

    /** Of what people look at in columns. */
    static final class Tables extends Words {
        Tables() {
            super("table", "json");
        }
    }

    /** Of columns of which there are more than fit a screen. */
    static final class WideTables extends Words {
        WideTables() {
            super("table", "wide", "json");
        }
    }

    /** Of columns about something that is YAML itself. */
    static final class YamlTables extends Words {
        YamlTables() {
            super("table", "json", "yaml");
        }
    }

    /** Of findings, of which only the bad ones may matter. */
    static final class Checks extends Words {
        Checks() {
            super("table", "json", "short");
        }
    }

    /** Of sentences. */
    static final class Texts extends Words {
        Texts() {
            super("text", "json");
        }
    }
}
