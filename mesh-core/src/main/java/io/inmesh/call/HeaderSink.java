package io.inmesh.call;

/** Where header changes are written; adapters implement it over the native builder. Names are lower case. */
public interface HeaderSink {

    /** Replaces all values of a header. */
    void set(String name, String value);

    /** Adds a value beside the existing ones. */
    void add(String name, String value);

    /** Removes all values of a header; does nothing if there are none. */
    void remove(String name);
}
