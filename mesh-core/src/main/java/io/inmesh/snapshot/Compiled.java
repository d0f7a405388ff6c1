package io.inmesh.snapshot;

import io.inmesh.endpoint.Endpoint;
import java.util.List;

/** What came of compiling a config. */
public sealed interface Compiled {

    /**
     * It can be used.
     *
     * @param snapshot the compiled form
     * @param removed endpoints that are in use now and no longer after
     */
    record Ok(Snapshot snapshot, List<Endpoint> removed) implements Compiled {}

    /**
     * It cannot.
     *
     * @param problems everything that is wrong
     */
    record Invalid(List<Problem> problems) implements Compiled {}
}
