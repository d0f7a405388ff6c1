package io.inmesh.inbound;

import io.inmesh.stage.Stage;
import java.util.List;

/** The inbound ring, top to bottom, as a request meets it. */
final class InboundStages {

    static final List<Stage<InboundWork>> RING = List.of(
            // First, so that refusals are counted and timed like everything else.
            new ObserveInbound(),
            // As the observer, outside of everything that refuses.
            new WatchRequest(),
            // Before everything that refuses: whom it refuses is what an operator wants to know.
            new CountSource(),
            // Before anything the request says is read: who says it.
            new RequirePeerIdentity(),
            // Before any policy looks at path, host or method: that there is only one way to read them.
            new RequireOneReading(),
            // Only sound requests are searched for tokens; before authorization, which asks what tokens say.
            new VerifyToken(),
            // After tokens, whose headers it is shown, and before the policies of this process, as Istio evaluates
            // CUSTOM.
            new AskAuthorizer(),
            // After identities and path, which it decides on; before anything that costs the application something.
            new Authorize(),
            // Only what may ask uses up tokens; and before concurrency, since it needs no permit to be given back.
            new LimitRate(),
            // After the limits that are somebody's own, so that who asks too often is told so rather than that all are
            // too many.
            new ShedLoad(),
            // An answer that nobody waits for is not worth computing, but only callers who may ask learn about
            // their deadline.
            new InboundDeadline(),
            // After everything that refuses, so that only the application's own work is its load.
            new MeasureLoad());

    private InboundStages() {}
}
