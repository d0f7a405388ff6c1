package io.inmesh.bench.process;

import com.fasterxml.jackson.databind.ObjectMapper;

/** How samples travel between processes. */
public final class Json {

    /** Reads and writes trees and records. */
    public static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}
}
