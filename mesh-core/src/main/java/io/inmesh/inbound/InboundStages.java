package io.inmesh.inbound;

import io.inmesh.stage.Stage;
import java.util.List;

/** The inbound ring, top to bottom, as a request meets it. */
final class InboundStages {

    static final List<Stage<InboundWork>> RING = List.of(
            // First, so that refusals are counted and timed like everything else.
            new ObserveInbound(),
            // Before anything the request says is read: who says it.
            new RequirePeerIdentity(),
            // Before any policy looks at the path: that there is only one way to read it.
            new RequireCanonicalPath(),
            // After identity and path, which it decides on; before anything that costs the application something.
            new Authorize(),
            // Last: an answer that nobody waits for is not worth computing, but only callers who may ask learn about
            // their deadline.
            new InboundDeadline());

    private InboundStages() {}
}
