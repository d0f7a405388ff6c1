package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.JoinTokens;
import java.io.IOException;

/** Join tokens under {@code /inmesh/v1/ca/tokens}: what there are, never their secrets, and the end of one. */
final class TokensApi {

    private final JoinTokens tokens;

    TokensApi(JoinTokens tokens) {
        this.tokens = tokens;
    }

    void list(Exchange exchange) throws IOException {
        ObjectNode body = Exchange.JSON.createObjectNode();
        ArrayNode items = body.putArray("items");
        for (JoinTokens.Listed token : tokens.list()) {
            items.addObject()
                    .put("id", token.id())
                    .put("identity", token.identity())
                    .put("createdBy", token.createdBy())
                    .put("created", token.created().toString())
                    .put("expires", token.expires().toString())
                    .put("maxUses", token.maxUses())
                    .put("uses", token.uses());
        }
        exchange.json(200, body);
    }

    void revoke(Exchange exchange, String actor) throws IOException, HttpProblem {
        String id = exchange.parameter("id");
        if (id == null || !tokens.revoke(id, actor)) {
            throw HttpProblem.notFound("token " + id);
        }
        exchange.json(200, Exchange.JSON.createObjectNode());
    }
}
