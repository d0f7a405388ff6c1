package io.inmesh.route;

import io.inmesh.call.HeaderSink;
import io.inmesh.config.HeaderEditsConfig;
import io.inmesh.config.HeaderEditsConfig.Header;

/** A compiled {@link HeaderEditsConfig}. */
final class HeaderEdits {

    private final String[] remove;
    private final Header[] set;
    private final Header[] add;

    HeaderEdits(HeaderEditsConfig config) {
        remove = config.remove().toArray(new String[0]);
        set = config.set().toArray(new Header[0]);
        add = config.add().toArray(new Header[0]);
    }

    boolean isEmpty() {
        return remove.length + set.length + add.length == 0;
    }

    void write(HeaderSink sink) {
        for (String name : remove) {
            sink.remove(name);
        }
        for (Header header : set) {
            sink.set(header.name(), header.value());
        }
        for (Header header : add) {
            sink.add(header.name(), header.value());
        }
    }
}
