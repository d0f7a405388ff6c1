package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Timestamp;
import io.inmesh.server.peer.Askable;
import io.inmesh.xds.relay.ChangedLevel;
import io.inmesh.xds.relay.Seen;
import io.inmesh.xds.status.ClientConfig;
import java.time.Instant;

/** What processes say, as JSON. */
final class SeenJson {

    private SeenJson() {}

    static ObjectNode of(Askable by, Seen seen) {
        ObjectNode node = process(by)
                .put("direction", seen.getOutbound() ? "outbound" : "inbound")
                .put("time", instant(seen.getEnded()))
                .put(
                        "milliseconds",
                        seen.getDuration().getSeconds() * 1000.0
                                + Math.round(seen.getDuration().getNanos() / 1000.0) / 1000.0)
                .put("protocol", seen.getProtocol())
                .put("method", seen.getMethod())
                .put("host", seen.getHost())
                .put("port", seen.getPort())
                .put("path", seen.getPath());
        ObjectNode headers = node.putObject("headers");
        seen.getHeadersMap().forEach(headers::put);
        node.put("traceId", seen.getTraceId());
        node.put("status", seen.getStatus());
        if (seen.getGrpcStatus() >= 0) {
            node.put("grpcStatus", seen.getGrpcStatus());
        }
        node.put("result", seen.getResult())
                .put("detail", seen.getDetail())
                .put("virtualHost", seen.getVirtualHost())
                .put("route", seen.getRoute())
                .put("source", seen.getOrigin())
                .put("cluster", seen.getCluster())
                .put("endpoint", seen.getEndpoint());
        ArrayNode tried = node.putArray("triedBefore");
        seen.getTriedBeforeList().forEach(tried::add);
        return node.put("attempts", seen.getAttempts())
                .put("peer", seen.getPeer())
                .put("policy", seen.getPolicy())
                .put("config", seen.getVersion())
                .put("explanation", seen.getExplanation());
    }

    static ObjectNode level(Askable by, ChangedLevel level) {
        return process(by)
                .put("logger", level.getLogger())
                .put("level", level.getLevel())
                .put("before", level.getBefore())
                .put("until", instant(level.getUntil()));
    }

    static ObjectNode belief(Askable by, ClientConfig belief) {
        ObjectNode node = process(by);
        ArrayNode resources = node.putArray("resources");
        for (ClientConfig.GenericXdsConfig resource : belief.getGenericXdsConfigsList()) {
            resources
                    .addObject()
                    .put("type", XdsNames.shortType(resource.getTypeUrl()))
                    .put("name", resource.getName())
                    .put("version", resource.getVersionInfo())
                    .put("status", resource.getClientStatus().name());
        }
        return node;
    }

    private static ObjectNode process(Askable by) {
        return Exchange.JSON.createObjectNode().put("process", by.instance()).put("namespace", by.namespace());
    }

    private static String instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString();
    }
}
