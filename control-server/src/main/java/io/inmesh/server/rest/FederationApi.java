package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.federation.BundleStatus;
import io.inmesh.server.federation.Federation;
import io.inmesh.server.federation.OwnBundle;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Other trust domains: what is known of them, and the own bundle for them to take. */
final class FederationApi {

    private final Federation federation;
    private final OwnBundle own;

    FederationApi(Federation federation, OwnBundle own) {
        this.federation = federation;
        this.own = own;
    }

    void bundle(Exchange exchange) throws IOException {
        exchange.json(200, own.document());
    }

    void status(Exchange exchange) throws IOException {
        ObjectNode body = Exchange.JSON.createObjectNode();
        ArrayNode items = body.putArray("items");
        for (BundleStatus status : federation.status()) {
            items.addObject()
                    .put("trustDomain", status.trustDomain())
                    .put("roots", status.roots())
                    .put("sequence", status.sequence())
                    .put("firstEnd", text(status.firstEnd()))
                    .put("fetched", text(status.fetched()))
                    .put("problem", status.problem());
        }
        exchange.json(200, body);
    }

    private static String text(@Nullable Instant time) {
        return time == null ? "" : time.toString();
    }
}
