package io.inmesh.dispatch;

import io.inmesh.endpoint.Experience;
import io.inmesh.endpoint.LoadSink;
import io.inmesh.load.LoadHeaders;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;
import java.util.List;

/** Asks the server to say how loaded it is, and sends probes that are due, where a balancer goes by that. Elsewhere it is one read. */
final class AskForLoad implements Stage<OutboundAttempt> {

    private static final Verdict<OutboundAttempt> ADMIT = Verdict.admit();

    private final Probes probes;

    AskForLoad(Probes probes) {
        this.probes = probes;
    }

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        Experience experience = attempt.endpoint().experience();
        List<LoadSink> sinks = experience == null ? List.of() : experience.sinks();
        if (!sinks.isEmpty()) {
            attempt.askForLoad();
            attempt.setHeader(LoadHeaders.ASK, LoadHeaders.ASKED);
            probes.sendDue(sinks, attempt);
        }
        return ADMIT;
    }
}
