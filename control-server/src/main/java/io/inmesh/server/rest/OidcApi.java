package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.access.Access;
import io.inmesh.server.access.Logins.Outcome.Welcome;
import io.inmesh.server.access.OidcLogins;
import io.inmesh.server.access.Principal;
import io.inmesh.server.access.Unauthenticated;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Logging in to the console by an issuer: {@code GET login} says by which ones, {@code GET login/oidc?by=NUMBER} sends the browser there, and
 * {@code GET login/callback} takes it back. What went wrong is in the audit log; a browser learns that it did.
 */
final class OidcApi {

    /** Where browsers come back to. */
    static final List<String> CALLBACK = List.of("inmesh", "v1", "login", "callback");

    private static final List<String> CHOICES = List.of("inmesh", "v1", "login");
    private static final List<String> BEGIN = List.of("inmesh", "v1", "login", "oidc");
    private static final String BINDING = "inmesh-login";

    private final Access access;

    OidcApi(Access access) {
        this.access = access;
    }

    /** {@return whether the request is one of these, and has been answered} */
    boolean handle(Exchange exchange, List<String> path) throws IOException, HttpProblem {
        if (!exchange.method().equals("GET")) {
            return false;
        }
        if (path.equals(CHOICES)) {
            choices(exchange);
        } else if (path.equals(BEGIN)) {
            begin(exchange);
        } else if (path.equals(CALLBACK)) {
            finish(exchange);
        } else {
            return false;
        }
        return true;
    }

    private void choices(Exchange exchange) throws IOException {
        ObjectNode body = Exchange.JSON.createObjectNode();
        ArrayNode oidc = body.putArray("oidc");
        access.oidcLogins().labels().forEach(oidc::add);
        exchange.json(200, body);
    }

    private void begin(Exchange exchange) throws HttpProblem {
        String by = text(exchange, "by");
        int which = by.matches("[0-9]{1,3}") ? Integer.parseInt(by) : -1;
        OidcLogins.Begun begun = access.oidcLogins()
                .begin(which, callback(exchange))
                .orElseThrow(() -> HttpProblem.notFound("an issuer to log in by with the number \"" + by + "\""));
        // Lax, since the browser brings it back from another site.
        exchange.setCookie(
                exchange.cookieName(BINDING),
                begun.binding(),
                "SameSite=Lax; Max-Age=" + OidcLogins.PATIENCE.toSeconds());
        exchange.seeOther(begun.to().toString());
    }

    private void finish(Exchange exchange) {
        String address = exchange.address().getHostAddress();
        String name = exchange.cookieName(BINDING);
        String binding = exchange.cookieValue(name);
        exchange.setCookie(name, "", "SameSite=Lax; Max-Age=0");
        try {
            Welcome welcome = access.oidcLogins()
                    .finish(
                            new OidcLogins.Answer(
                                    text(exchange, "state"), text(exchange, "code"), text(exchange, "iss")),
                            binding,
                            callback(exchange));
            access.audit().did("login", welcome.principal(), address, Map.of());
            exchange.cookie(welcome.token());
            exchange.seeOther("/console/");
        } catch (Unauthenticated e) {
            access.audit()
                    .refused(
                            "login-refused",
                            Principal.NOBODY,
                            address,
                            Map.of("user", "(by an issuer)", "reason", String.valueOf(e.getMessage())));
            exchange.seeOther("/console/?login=refused");
        }
    }

    private static String callback(Exchange exchange) {
        return exchange.origin() + "/" + String.join("/", CALLBACK);
    }

    private static String text(Exchange exchange, String parameter) {
        String value = exchange.parameter(parameter);
        return value == null ? "" : value;
    }
}
