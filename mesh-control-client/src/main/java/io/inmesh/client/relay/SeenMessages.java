package io.inmesh.client.relay;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.inmesh.live.SeenRequest;
import io.inmesh.xds.relay.Seen;
import java.util.concurrent.TimeUnit;

/** Requests as messages. */
final class SeenMessages {

    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private SeenMessages() {}

    static Seen of(SeenRequest seen) {
        Seen.Builder message = Seen.newBuilder()
                .setOutbound(seen.outbound())
                .setEnded(timestamp(seen.epochMillis()))
                .setDuration(duration(seen.durationNanos()))
                .setProtocol(seen.protocol())
                .setMethod(seen.method())
                .setHost(seen.host())
                .setPort(seen.port())
                .setPath(seen.path())
                .putAllHeaders(seen.headers())
                .setTraceId(seen.traceId())
                .setStatus(seen.status())
                .setGrpcStatus(seen.grpcStatus())
                .setResult(seen.result())
                .setDetail(seen.detail())
                .setVirtualHost(seen.virtualHost())
                .setRoute(seen.route())
                .setOrigin(seen.origin())
                .setCluster(seen.cluster())
                .setEndpoint(seen.endpoint())
                .addAllTriedBefore(seen.triedBefore())
                .setAttempts(seen.attempts())
                .setPeer(seen.peer())
                .setPolicy(seen.policy())
                .setVersion(seen.version());
        if (seen.explanation() != null) {
            message.setExplanation(seen.explanation());
        }
        return message.build();
    }

    static Timestamp timestamp(long epochMillis) {
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(epochMillis, 1000L))
                .setNanos((int) Math.floorMod(epochMillis, 1000L) * 1_000_000)
                .build();
    }

    private static Duration duration(long nanos) {
        return Duration.newBuilder()
                .setSeconds(nanos / NANOS_PER_SECOND)
                .setNanos((int) (nanos % NANOS_PER_SECOND))
                .build();
    }

    static long nanos(Duration duration) {
        // Far beyond every cap, and far from an overflow.
        long seconds = Math.max(0, Math.min(duration.getSeconds(), TimeUnit.DAYS.toSeconds(1)));
        return seconds * NANOS_PER_SECOND + Math.max(0, Math.min(duration.getNanos(), NANOS_PER_SECOND - 1));
    }
}
