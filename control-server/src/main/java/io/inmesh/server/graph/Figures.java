package io.inmesh.server.graph;

import java.util.Map;
import java.util.TreeMap;

/**
 * What calls came to: attempts as the network saw them, and calls as applications experienced them.
 *
 * @param attempts what was sent
 * @param calls what was asked for, retries taken together, with what never left
 */
public record Figures(Results attempts, Results calls) {

    /** {@return the figures that counts come to} */
    static Figures of(byte[] packed) {
        long[] dense = new long[Cells.COUNT];
        Packed.addTo(dense, packed);
        return new Figures(results(dense, Cells.ATTEMPT), results(dense, Cells.CALL));
    }

    private static Results results(long[] dense, int family) {
        long[] cells = new long[Cells.PER_FAMILY];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = dense[i] + dense[family * Cells.PER_FAMILY + i];
        }
        if (family == Cells.ATTEMPT) {
            // Calls that are counted together with their only attempt may have been answered without one.
            Cells.results().forEach((name, cell) -> {
                if (name.startsWith("rejected_") || name.startsWith("answered_")) {
                    cells[cell] = 0;
                }
            });
        }
        return Results.of(cells);
    }

    /**
     * The results of attempts or of calls.
     *
     * @param good answers other than HTTP 5xx and gRPC failures
     * @param failed such answers, and what the transport failed
     * @param rejected what this side refused
     * @param cancelled what the caller gave up
     * @param unknown that of which only is known that it was sent
     * @param http4xx how many of the good ones were HTTP 4xx
     * @param http5xx how many of the failed ones were HTTP 5xx
     * @param grpc how many of the failed ones had which gRPC status
     * @param transport how many of the failed ones the transport failed, by how
     * @param reasons how many were rejected, by why
     * @param p50 median duration of good and failed ones in milliseconds, at most an eighth off; {@link Double#NaN} if there were none
     * @param p95 95th percentile
     * @param p99 99th percentile
     */
    public record Results(
            long good,
            long failed,
            long rejected,
            long cancelled,
            long unknown,
            long http4xx,
            long http5xx,
            Map<Integer, Long> grpc,
            Map<String, Long> transport,
            Map<String, Long> reasons,
            double p50,
            double p95,
            double p99) {

        static Results of(long[] cells) {
            long[] durations = new long[DurationBuckets.COUNT];
            long good = cells[Cells.OK_UNTIMED];
            long failed = cells[Cells.FAILED_UNTIMED];
            for (int bucket = 0; bucket < DurationBuckets.COUNT; bucket++) {
                good += cells[Cells.OK + bucket];
                failed += cells[Cells.FAILED + bucket];
                durations[bucket] = cells[Cells.OK + bucket] + cells[Cells.FAILED + bucket];
            }
            Map<Integer, Long> grpc = new TreeMap<>();
            Map<String, Long> transport = new TreeMap<>();
            Map<String, Long> reasons = new TreeMap<>();
            long rejected = 0;
            for (Map.Entry<String, Integer> result : Cells.results().entrySet()) {
                long count = cells[result.getValue()];
                String name = result.getKey();
                if (count == 0) {
                    continue;
                }
                if (name.startsWith("grpc_")) {
                    grpc.put(Integer.parseInt(name.substring("grpc_".length())), count);
                } else if (name.startsWith("transport_")) {
                    transport.put(name.substring("transport_".length()), count);
                } else if (name.startsWith("rejected_")) {
                    reasons.put(name.substring("rejected_".length()), count);
                    rejected += count;
                } else if (name.startsWith("answered_")) {
                    good += count;
                }
            }
            return new Results(
                    good,
                    failed,
                    rejected,
                    cells[Cells.CANCELLED],
                    cells[Cells.UNKNOWN],
                    cells[Cells.HTTP_4XX],
                    cells[Cells.HTTP_5XX],
                    grpc,
                    transport,
                    reasons,
                    quantile(durations, 0.5),
                    quantile(durations, 0.95),
                    quantile(durations, 0.99));
        }

        /** {@return how many there were} */
        public long total() {
            return good + failed + rejected + cancelled + unknown;
        }

        /** {@return the share of good ones among those whose end is known and that nobody gave up; NaN if there are none} */
        public double success() {
            long known = good + failed + rejected;
            return known == 0 ? Double.NaN : (double) good / known;
        }

        private static double quantile(long[] durations, double share) {
            long total = 0;
            for (long count : durations) {
                total += count;
            }
            if (total == 0) {
                return Double.NaN;
            }
            long rank = Math.max(1, (long) Math.ceil(share * total));
            long seen = 0;
            int bucket = 0;
            while (bucket < durations.length - 1) {
                seen += durations[bucket];
                if (seen >= rank) {
                    break;
                }
                bucket++;
            }
            return DurationBuckets.millis(bucket);
        }
    }
}
