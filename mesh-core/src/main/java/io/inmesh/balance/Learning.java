package io.inmesh.balance;

import io.inmesh.config.PeakEwmaConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.LoadSink;
import java.util.ArrayList;
import java.util.List;

/** Ties endpoints to the balancers that go by what calls to them experience. */
final class Learning {

    private Learning() {}

    /** Lets endpoints remember what balancers go by, and tell it them; or forget it if none does. */
    static void connect(List<Level> levels, Balancers balancers) {
        PeakEwmaConfig memory = balancers.config().peakEwma();
        long now = balancers.state().clock().nanos();
        for (Level level : levels) {
            for (Member member : level.members()) {
                Endpoint endpoint = member.endpoint();
                if (balancers.kind().learns()) {
                    endpoint.learn(
                                    memory.initialLatency().toNanos(),
                                    memory.decay().toNanos(),
                                    now)
                            .feed(endpoint, sinks(level, endpoint));
                } else {
                    endpoint.unlearn();
                }
            }
        }
    }

    private static List<LoadSink> sinks(Level level, Endpoint endpoint) {
        List<LoadSink> sinks = new ArrayList<>(2);
        if (level.balancer() instanceof LoadSink sink) {
            sinks.add(sink);
        }
        for (LocalityGroup group : level.groups()) {
            if (group.balancer() instanceof LoadSink sink
                    && group.locality().equals(endpoint.config().locality())) {
                sinks.add(sink);
            }
        }
        return sinks;
    }
}
