package io.inmesh.server.translate;

import io.inmesh.server.rule.Field;
import io.inmesh.xds.filter.fault.FaultAbort;
import io.inmesh.xds.filter.fault.FaultDelay;
import io.inmesh.xds.filter.fault.HTTPFault;
import io.inmesh.xds.type.FractionalPercent;
import java.util.Optional;

/** {@code HTTPFaultInjection}: delays and aborts on the client's side, drawn independently of each other. */
final class Faults {
    static final String FILTER = "envoy.filters.http.fault";

    private Faults() {}

    /** The fault of a route; empty if it injects nothing. Without a percentage nothing is injected. */
    static Optional<HTTPFault> of(Field fault) {
        HTTPFault.Builder injected = HTTPFault.newBuilder();
        Field delay = fault.get("delay");
        delay.get("fixedDelay")
                .duration()
                .ifPresent(d -> injected.setDelay(FaultDelay.newBuilder()
                        .setFixedDelay(Protos.duration(d))
                        .setPercentage(percentage(delay))));
        Field abort = fault.get("abort");
        FaultAbort.Builder aborted = FaultAbort.newBuilder().setPercentage(percentage(abort));
        if (abort.get("grpcStatus").present()) {
            GrpcStatusNames.code(abort.get("grpcStatus").text())
                    .ifPresent(code -> injected.setAbort(aborted.setGrpcStatus(code)));
        } else if (abort.get("httpStatus").present()) {
            injected.setAbort(aborted.setHttpStatus(abort.get("httpStatus").integer(0)));
        }
        return injected.hasDelay() || injected.hasAbort() ? Optional.of(injected.build()) : Optional.empty();
    }

    private static FractionalPercent percentage(Field holder) {
        return Protos.percent(holder.get("percentage"), holder.get("percent").integer(0));
    }
}
