package io.inmesh.bench.macro;

import com.fasterxml.jackson.databind.ObjectMapper;

/** How samples travel between processes. */
final class Json {

    static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}
}
