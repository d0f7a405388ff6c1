package io.inmesh.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the endpoints of a cluster are asked whether they are well, beside what calls to them experience.
 *
 * <p>Source: Envoy {@code core.v3.HealthCheck}.
 *
 * @param protocol what is asked
 * @param timeout longest wait for an answer; none by then is a failure
 * @param interval from the end of a check to the start of the next
 * @param unhealthyInterval the same while the endpoint fails its checks
 * @param noTrafficInterval the same until the first call to the cluster; null to ask nobody before there is one
 * @param intervalJitter longest random time added to each interval, zero for none
 * @param unhealthyThreshold failures in a row after which an endpoint is out
 * @param healthyThreshold passes in a row after which an endpoint that was out is back
 */
public record HealthCheckConfig(
        Protocol protocol,
        Duration timeout,
        Duration interval,
        Duration unhealthyInterval,
        @Nullable Duration noTrafficInterval,
        Duration intervalJitter,
        int unhealthyThreshold,
        int healthyThreshold) {

    /** What is asked. */
    public sealed interface Protocol {
        /** {@return the protocol in one word, as config files write it} */
        String word();
    }

    /**
     * An HTTP request.
     *
     * @param method its method
     * @param path its path, with a leading slash
     * @param host its {@code Host} header; empty for the name of the service
     * @param expected status codes that pass
     * @param counted status codes that count as one failure; others that do not pass put the endpoint out at once
     */
    public record Http(String method, String path, String host, List<StatusRange> expected, List<StatusRange> counted)
            implements Protocol {

        /** What a check expects that names no status: 200. */
        public static final List<StatusRange> OK = List.of(new StatusRange(200, 201));

        /** Every status counts towards the threshold. */
        public static final List<StatusRange> ANY = List.of(new StatusRange(100, 600));

        /** Copies the lists. */
        public Http {
            expected = List.copyOf(expected);
            counted = List.copyOf(counted);
        }

        @Override
        public String word() {
            return "http";
        }
    }

    /**
     * A call of {@code grpc.health.v1.Health/Check}.
     *
     * @param service the gRPC service that is asked about; empty for the server as a whole
     * @param authority its {@code :authority}; empty for the name of the service
     */
    public record Grpc(String service, String authority) implements Protocol {
        @Override
        public String word() {
            return "grpc";
        }
    }

    /** A connection, with its handshake if the endpoint is called with mTLS. */
    public record Tcp() implements Protocol {
        @Override
        public String word() {
            return "tcp";
        }
    }

    /**
     * Status codes.
     *
     * @param from the first
     * @param until one after the last
     */
    public record StatusRange(int from, int until) {
        /** {@return whether a status is in one of some ranges} */
        public static boolean contains(List<StatusRange> ranges, int status) {
            return ranges.stream().anyMatch(range -> status >= range.from && status < range.until);
        }
    }

    /** {@return a check every 10 s that waits 1 s: out after 3 failures, back after 2 passes} */
    public static HealthCheckConfig of(Protocol protocol) {
        return new HealthCheckConfig(
                protocol,
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                null,
                Duration.ofSeconds(1),
                3,
                2);
    }
}
