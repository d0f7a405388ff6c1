package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.cluster.ClusterConfigs;
import io.inmesh.server.cluster.ClusterReport;
import java.time.Instant;

/** Configuration that clusters keep, and how that is followed, in JSON. */
final class ClusterJson {

    private ClusterJson() {}

    static void write(ArrayNode list, ClusterConfigs clusters) {
        for (ClusterReport report : clusters.reports()) {
            ObjectNode node = list.addObject()
                    .put("name", report.name())
                    .put("state", state(report))
                    .put("problem", report.problem())
                    .put("kinds", report.kinds())
                    .put("objects", report.objects())
                    .put("vanished", report.vanished())
                    .put("frozen", report.frozen())
                    .put("refusals", report.refusals());
            if (report.sinceEpochSecond() > 0) {
                node.put(
                        "since",
                        Instant.ofEpochSecond(report.sinceEpochSecond()).toString());
            }
            ArrayNode refused = node.putArray("refused");
            report.refused()
                    .forEach(refusal -> refused.addObject()
                            .put("resource", refusal.resource().toString())
                            .put("olderStays", refusal.olderStays())
                            .put("closed", refusal.closed())
                            .put("reason", refusal.line()));
        }
        clusters.abandoned()
                .forEach(
                        (name, count) -> list.addObject()
                                .put("name", name)
                                .put("state", "ABANDONED")
                                .put("objects", count)
                                .put(
                                        "problem",
                                        "the settings name no such cluster; what it kept stays, and may be changed or deleted here"));
    }

    private static String state(ClusterReport report) {
        return report.following() ? "ANSWERING" : report.sinceEpochSecond() == 0 ? "STARTING" : "FAILING";
    }
}
