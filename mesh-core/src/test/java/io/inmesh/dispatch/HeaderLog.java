package io.inmesh.dispatch;

import io.inmesh.call.HeaderSink;
import java.util.ArrayList;
import java.util.List;

/** Writes down header changes in their order. */
final class HeaderLog implements HeaderSink {

    final List<String> written = new ArrayList<>();

    @Override
    public void set(String name, String value) {
        written.add("set " + name + "=" + value);
    }

    @Override
    public void add(String name, String value) {
        written.add("add " + name + "=" + value);
    }

    @Override
    public void remove(String name) {
        written.add("remove " + name);
    }
}
