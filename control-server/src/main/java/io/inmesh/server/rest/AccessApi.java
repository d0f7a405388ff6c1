package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.access.Access;
import io.inmesh.server.access.Logins.Outcome;
import io.inmesh.server.access.Principal;
import io.inmesh.server.access.ServiceTokens;
import io.inmesh.server.access.User;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Login and logout, users with passwords, and tokens of programs. Who may do which is in {@link Admission}. */
final class AccessApi {

    private static final long DEFAULT_TOKEN_SECONDS = Duration.ofDays(90).toSeconds();
    private static final String AUTHORIZATION = "Authorization";
    private static final String BEARER = "Bearer ";

    private final Access access;
    private final AccessReviews reviews;
    private final OidcApi oidc;
    private final LinksApi links;

    AccessApi(Access access) {
        this.access = access;
        this.reviews = new AccessReviews(access.bindings());
        this.oidc = new OidcApi(access);
        this.links = new LinksApi(access);
    }

    /** {@return whether the path is one of these, and has been answered} */
    boolean handle(Exchange exchange, List<String> path) throws IOException, HttpProblem, InterruptedException {
        if (reviews.handle(exchange, path) || oidc.handle(exchange, path) || links.handle(exchange, path)) {
            return true;
        }
        if (path.size() < 3 || !path.get(0).equals("inmesh") || !path.get(1).equals("v1")) {
            return false;
        }
        String name = path.size() > 3 ? path.get(3) : "";
        String shape = exchange.method() + " " + path.get(2) + (path.size() > 3 ? "/{name}" : "")
                + (path.size() > 4 ? "/" + path.get(4) : "");
        try {
            switch (shape) {
                case "POST login" -> login(exchange);
                case "POST logout" -> logout(exchange);
                case "GET session" -> session(exchange);
                case "GET users" -> users(exchange);
                case "POST users" -> addUser(exchange);
                case "PUT users/{name}/password" -> setPassword(exchange, name);
                case "DELETE users/{name}" -> deleteUser(exchange, name);
                case "GET tokens" -> tokens(exchange);
                case "POST tokens" -> createToken(exchange);
                case "DELETE tokens/{name}" -> deleteToken(exchange, name);
                default -> {
                    return false;
                }
            }
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(422, "Invalid", String.valueOf(e.getMessage()));
        }
        return true;
    }

    private void login(Exchange exchange) throws IOException, HttpProblem, InterruptedException {
        ObjectNode asked = exchange.form();
        if (asked.has("link")) {
            links.redeem(exchange, asked.path("link").asText());
            return;
        }
        String user = asked.path("username").asText();
        String address = exchange.address().getHostAddress();
        Outcome outcome = access.logins().login(user, asked.path("password").asText(), address);
        if (outcome instanceof Outcome.Welcome welcome) {
            access.audit().did("login", welcome.principal(), address, Map.of());
            if (!asked.path("cookie").asBoolean(false)) {
                exchange.json(
                        200,
                        Exchange.JSON
                                .createObjectNode()
                                .put("token", welcome.token())
                                .put("expiresInSeconds", welcome.life().toSeconds()));
                return;
            }
            // A page never sees the token; what it has to send back with changes is in the body.
            exchange.cookie(welcome.token());
            exchange.json(
                    200,
                    Exchange.JSON
                            .createObjectNode()
                            .put("csrf", welcome.csrf())
                            .put("expiresInSeconds", welcome.life().toSeconds()));
            return;
        }
        boolean waits = outcome instanceof Outcome.Wait;
        // Who mistakes the field types the password here: names that are no users stay out of the log.
        boolean known = access.users().has(user);
        access.audit()
                .refused(
                        "login-refused",
                        Principal.NOBODY,
                        address,
                        Map.of("user", known ? user : "(no user)", "reason", waits ? "too many failures" : "wrong"));
        if (outcome instanceof Outcome.Wait wait) {
            throw HttpProblem.tooMany(
                    "too many failed logins; try again later", wait.pause().toSeconds() + 1);
        }
        throw HttpProblem.unauthorized();
    }

    private void logout(Exchange exchange) throws IOException {
        String cookie = exchange.credentials().cookie();
        String authorization = exchange.header(AUTHORIZATION);
        if (cookie != null) {
            access.logins().logout(cookie);
        }
        if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            access.logins().logout(authorization.substring(BEARER.length()).strip());
        }
        exchange.cookie("");
        exchange.json(200, Exchange.JSON.createObjectNode());
    }

    private void session(Exchange exchange) throws IOException {
        Principal principal = exchange.principal();
        ObjectNode body = Exchange.JSON
                .createObjectNode()
                .put("name", principal.id())
                .put("proof", principal.proof())
                .put("csrf", exchange.csrf());
        ArrayNode groups = body.putArray("groups");
        principal.groups().stream().sorted().forEach(groups::add);
        ObjectNode roles = body.putObject("roles");
        access.bindings()
                .namespacesOf(principal)
                .forEach(namespace -> access.bindings()
                        .roleIn(principal, namespace)
                        .ifPresent(role -> roles.put(namespace, role.toString())));
        exchange.json(200, body);
    }

    private void users(Exchange exchange) throws IOException {
        ObjectNode body = Exchange.JSON.createObjectNode();
        ArrayNode users = body.putArray("users");
        for (User user : access.users().all()) {
            ObjectNode node = users.addObject().put("name", user.name()).put("kept", user.kept());
            user.groups().stream().sorted().forEach(node.putArray("groups")::add);
        }
        exchange.json(200, body);
    }

    private void addUser(Exchange exchange) throws IOException, HttpProblem {
        ObjectNode asked = exchange.form();
        String name = asked.path("name").asText();
        Set<String> groups = new LinkedHashSet<>();
        asked.path("groups").forEach(group -> groups.add(group.asText()));
        access.users().add(name, asked.path("password").asText(), groups);
        did(
                exchange,
                "user-added",
                Map.of("user", name, "groups", groups.stream().sorted().collect(Collectors.joining(","))));
        exchange.json(201, Exchange.JSON.createObjectNode().put("name", name));
    }

    private void setPassword(Exchange exchange, String name) throws IOException, HttpProblem {
        access.users().setPassword(name, exchange.form().path("password").asText());
        did(exchange, "user-password-set", Map.of("user", name));
        exchange.json(200, Exchange.JSON.createObjectNode().put("name", name));
    }

    private void deleteUser(Exchange exchange, String name) throws IOException {
        access.users().delete(name);
        did(exchange, "user-deleted", Map.of("user", name));
        exchange.json(200, Exchange.JSON.createObjectNode().put("name", name));
    }

    private void tokens(Exchange exchange) throws IOException {
        ObjectNode body = Exchange.JSON.createObjectNode();
        ArrayNode tokens = body.putArray("tokens");
        access.tokens().all().forEach(known -> tokens.add(token(known)));
        exchange.json(200, body);
    }

    private static ObjectNode token(ServiceTokens.Known known) {
        return Exchange.JSON
                .createObjectNode()
                .put("id", known.id())
                .put("name", known.name())
                .put("createdBy", known.createdBy())
                .put("created", known.created().toString())
                .put("expires", known.expires().toString());
    }

    private void createToken(Exchange exchange) throws IOException, HttpProblem {
        ObjectNode asked = exchange.form();
        ServiceTokens.Made made = access.tokens()
                .create(
                        asked.path("name").asText(),
                        Duration.ofSeconds(asked.path("seconds").asLong(DEFAULT_TOKEN_SECONDS)),
                        exchange.principal().id());
        // Nobody gets a token that the log does not tell of.
        did(
                exchange,
                "service-token-created",
                Map.of(
                        "token", made.known().id(),
                        "name", made.known().name(),
                        "expires", made.known().expires().toString()));
        exchange.json(201, token(made.known()).put("token", made.token()));
    }

    private void deleteToken(Exchange exchange, String id) throws IOException, HttpProblem {
        if (!access.tokens().delete(id)) {
            throw HttpProblem.notFound("service token " + id);
        }
        did(exchange, "service-token-deleted", Map.of("token", id));
        exchange.json(200, Exchange.JSON.createObjectNode().put("id", id));
    }

    private void did(Exchange exchange, String event, Map<String, String> facts) {
        access.audit().did(event, exchange.principal(), exchange.address().getHostAddress(), facts);
    }
}
