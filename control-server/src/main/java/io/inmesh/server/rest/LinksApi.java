package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.access.Access;
import io.inmesh.server.access.LoginLinks;
import io.inmesh.server.access.Logins.Outcome.Welcome;
import io.inmesh.server.access.Principal;
import io.inmesh.server.access.Unauthenticated;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Going on in a browser: {@code POST login/links} makes a link for who shows credentials, and {@code POST login} with the {@code link} in its
 * body makes a session of it, which the page behind the link does. A {@code GET} of the page does nothing, so nothing that looks at links in
 * advance uses them up, and no log has seen what they hold.
 */
final class LinksApi {

    private static final List<String> LINKS = List.of("inmesh", "v1", "login", "links");

    private final Access access;

    LinksApi(Access access) {
        this.access = access;
    }

    /** {@return whether the request asks for a link, and has been answered} */
    boolean handle(Exchange exchange, List<String> path) throws IOException, HttpProblem {
        if (!exchange.method().equals("POST") || !path.equals(LINKS)) {
            return false;
        }
        demandPrivacy(exchange);
        try {
            create(exchange);
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(422, "Invalid", String.valueOf(e.getMessage()));
        }
        return true;
    }

    private void create(Exchange exchange) throws IOException {
        ObjectNode answer = Exchange.JSON.createObjectNode();
        Principal principal = exchange.principal();
        if (principal.kind() == Principal.Kind.LOOPBACK) {
            // A browser on this machine is let in as it is.
            exchange.json(201, answer.put("path", "/console/"));
            return;
        }
        String secret = access.links().create(principal, exchange.credentials());
        // Nobody gets a link that the log does not tell of.
        access.audit().did("login-link", principal, exchange.address().getHostAddress(), Map.of());
        exchange.json(
                201,
                answer.put("path", "/" + String.join("/", ConsoleApi.LOGIN) + "#" + secret)
                        .put("expiresInSeconds", LoginLinks.LIFE.toSeconds()));
    }

    /** Logs in whom a link is for. */
    void redeem(Exchange exchange, String link) throws IOException, HttpProblem {
        demandPrivacy(exchange);
        String address = exchange.address().getHostAddress();
        try {
            Welcome welcome = access.links().redeem(link);
            access.audit().did("login", welcome.principal(), address, Map.of());
            exchange.cookie(welcome.token());
            exchange.json(200, Exchange.JSON.createObjectNode());
        } catch (Unauthenticated e) {
            access.audit()
                    .refused(
                            "login-refused",
                            Principal.NOBODY,
                            address,
                            Map.of("user", "(by a link)", "reason", String.valueOf(e.getMessage())));
            throw HttpProblem.unauthorized();
        }
    }

    private static void demandPrivacy(Exchange exchange) throws HttpProblem {
        if (!exchange.origin().startsWith("https://") && !exchange.address().isLoopbackAddress()) {
            throw new HttpProblem(403, "Forbidden", "login links are not for plain HTTP over a network; use https");
        }
    }
}
