package io.inmesh.inbound;

import io.inmesh.call.Criticality;
import io.inmesh.call.InboundCall;
import org.jspecify.annotations.Nullable;

/**
 * What a request's criticality header is worth. Anybody would say {@link Criticality#CRITICAL_PLUS}, so that is believed from peers
 * that proved an identity only, or where policy says so. What is lower than usual harms only who says it, and is always believed.
 */
final class BelievedCriticality {

    private BelievedCriticality() {}

    static Criticality of(InboundCall call, @Nullable InboundTraffic traffic) {
        Criticality said = Criticality.of(call.header(Criticality.HEADER));
        boolean believed = said != Criticality.CRITICAL_PLUS
                || call.peer() != null
                || traffic != null && traffic.config().trustCriticality();
        return believed ? said : Criticality.CRITICAL;
    }
}
