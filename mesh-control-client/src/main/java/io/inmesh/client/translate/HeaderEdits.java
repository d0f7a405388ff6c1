package io.inmesh.client.translate;

import io.inmesh.config.HeaderEditsConfig;
import io.inmesh.config.HeaderEditsConfig.Header;
import io.inmesh.xds.core.HeaderValueOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Header edits, gathered from the places that may hold them: the route's own first, then those around it, as Envoy does. */
final class HeaderEdits {

    private final IgnoredFields ignored;
    private final List<Header> set = new ArrayList<>();
    private final List<Header> add = new ArrayList<>();
    private final List<String> remove = new ArrayList<>();

    HeaderEdits(IgnoredFields ignored) {
        this.ignored = ignored;
    }

    HeaderEdits and(String field, List<HeaderValueOption> added, List<String> removed) {
        for (HeaderValueOption option : added) {
            Header header = new Header(
                    option.getHeader().getKey().toLowerCase(Locale.ROOT),
                    option.getHeader().getValue());
            String place = field + "[" + header.name() + "]";
            ignored.noteIf(header.value().indexOf('%') >= 0, place, "variables are not filled in; the text is sent");
            switch (option.getAppendAction()) {
                case OVERWRITE_IF_EXISTS_OR_ADD -> set.add(header);
                case APPEND_IF_EXISTS_OR_ADD -> add.add(header);
                case ADD_IF_ABSENT, OVERWRITE_IF_EXISTS, UNRECOGNIZED ->
                    ignored.note(place, option.getAppendAction() + " is not done; use add or set");
            }
        }
        removed.forEach(name -> remove.add(name.toLowerCase(Locale.ROOT)));
        return this;
    }

    HeaderEditsConfig build() {
        return set.isEmpty() && add.isEmpty() && remove.isEmpty()
                ? HeaderEditsConfig.NONE
                : new HeaderEditsConfig(set, add, remove);
    }
}
