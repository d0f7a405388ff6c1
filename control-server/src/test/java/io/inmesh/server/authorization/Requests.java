package io.inmesh.server.authorization;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.authz.RequestFacts;
import io.inmesh.call.RequestEdits;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.FakeCall;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Requests made from what policies themselves say: their values, near misses of them, and other things. Repeatable by its seed. */
final class Requests {

    /** One header line. */
    record Header(String name, String value) {}

    /** A request and its connection. */
    record Sample(
            String method,
            String authority,
            String path,
            List<Header> headers,
            @Nullable String principal,
            String peerAddress,
            String localAddress,
            int localPort,
            @Nullable String serverName,
            Tokens.@Nullable Token token) {

        /** What policies are tested on. */
        RequestFacts facts() {
            return new RequestFacts(call(), path, token == null ? null : token.verified(), RequestEdits.NONE);
        }

        Sample at(String otherAuthority) {
            return new Sample(
                    method,
                    otherAuthority,
                    path,
                    headers,
                    principal,
                    peerAddress,
                    localAddress,
                    localPort,
                    serverName,
                    token);
        }

        Sample with(List<Header> others) {
            return new Sample(
                    method,
                    authority,
                    path,
                    others,
                    principal,
                    peerAddress,
                    localAddress,
                    localPort,
                    serverName,
                    token);
        }

        /** The request as it arrives in a workload; the authority may have a port. */
        FakeCall call() {
            int colon = authority.lastIndexOf(':');
            FakeCall call = FakeCall.get(path)
                    .method(method)
                    .to(
                            colon < 0 ? authority : authority.substring(0, colon),
                            colon < 0 ? 80 : Integer.parseInt(authority.substring(colon + 1)))
                    .from(peerAddress)
                    .at(localAddress, localPort);
            headers.forEach(header -> call.header(header.name(), header.value()));
            if (principal != null) {
                call.peer(SpiffeId.parse(principal));
            }
            return serverName == null ? call : call.requestedServerName(serverName);
        }
    }

    private static final Set<String> NAMES_IN_ORDER = new LinkedHashSet<>(List.of("x-other"));

    private static final int TOKENS = 100;

    private final Random random;
    private final Tokens tokens = new Tokens();
    private final List<Tokens.Token> signed;
    private final List<String> methods = new ArrayList<>(List.of("GET", "POST", "get"));
    private final List<String> hosts = new ArrayList<>(List.of("other.test", "a.suffix.com.evil.test"));
    private final List<String> paths = new ArrayList<>(List.of("/", "/other", "/path/template/one/two"));
    private final List<Integer> ports = new ArrayList<>(List.of(1, 8080));
    private final List<String> addresses = new ArrayList<>(List.of("127.0.0.1", "203.0.113.9", "::1"));
    private final List<String> principals =
            new ArrayList<>(List.of("spiffe://td/ns/foo/sa/other", "spiffe://inmesh.local/ns/bar/sa/some"));
    private final List<String> serverNames = new ArrayList<>(List.of("other.test"));
    private final Set<String> headerNames = new LinkedHashSet<>(NAMES_IN_ORDER);
    private final List<String> headerValues = new ArrayList<>(List.of("other", ""));

    /** Requests about the policies in these documents. */
    Requests(List<JsonNode> policies, long seed) {
        this.random = new Random(seed);
        policies.forEach(policy -> collect(policy.path("spec").path("rules")));
        this.signed = tokens.make(TOKENS, random);
    }

    /** Requests without repeated headers, which Envoy and this mesh judge alike. */
    List<Sample> samples(int count) {
        return IntStream.range(0, count).mapToObj(i -> sample()).toList();
    }

    private Sample sample() {
        List<Header> headers = new ArrayList<>();
        for (String name : headerNames) {
            if (random.nextInt(4) > 0) {
                headers.add(new Header(random.nextBoolean() ? name : name.toUpperCase(Locale.ROOT), of(headerValues)));
            }
        }
        return new Sample(
                of(methods),
                of(hosts),
                of(paths),
                headers,
                random.nextInt(5) == 0 ? null : of(principals),
                of(addresses),
                of(addresses),
                of(ports),
                random.nextInt(4) == 0 ? null : of(serverNames),
                random.nextInt(4) == 0 ? null : of(signed));
    }

    private <T> T of(List<T> pool) {
        return pool.get(random.nextInt(pool.size()));
    }

    private void collect(JsonNode rules) {
        for (JsonNode rule : rules) {
            rule.path("from")
                    .forEach(from -> from.path("source")
                            .properties()
                            .forEach(field -> collect(field.getKey(), field.getValue())));
            rule.path("to")
                    .forEach(to -> to.path("operation")
                            .properties()
                            .forEach(field -> collect(field.getKey(), field.getValue())));
            rule.path("when").forEach(when -> {
                collect(when.path("key").asText(), when.path("values"));
                collect(when.path("key").asText(), when.path("notValues"));
            });
        }
    }

    private void collect(String field, JsonNode values) {
        String what = field.startsWith("not") && Character.isUpperCase(field.charAt(3))
                ? field.substring(3, 4).toLowerCase(Locale.ROOT) + field.substring(4)
                : field;
        for (JsonNode value : values) {
            String text = value.asText();
            switch (what) {
                case "methods" -> methods.addAll(near(text));
                case "hosts" ->
                    near(text).stream()
                            .map(host -> host.toLowerCase(Locale.ROOT))
                            .forEach(hosts::add);
                case "paths" -> paths(text);
                case "ports", "destination.port" -> {
                    ports.add(Integer.parseInt(text));
                    ports.add(Integer.parseInt(text) + 1);
                }
                case "ipBlocks", "remoteIpBlocks", "source.ip", "remote.ip", "destination.ip" -> addresses(text);
                case "principals", "source.principal" -> near(text).forEach(name -> principal("spiffe://" + name));
                case "namespaces", "source.namespace" ->
                    near(text).forEach(name -> principal("spiffe://td/ns/" + name + "/sa/x"));
                case "trustDomains", "source.trustDomain" ->
                    near(text).forEach(name -> principal("spiffe://" + name + "/ns/a/sa/x"));
                case "serviceAccounts", "source.serviceAccount" -> serviceAccounts(text);
                case "requestPrincipals", "request.auth.principal" -> near(text).forEach(this::requestPrincipal);
                case "request.auth.audiences" -> claim("[aud]", text);
                case "request.auth.presenter" -> claim("[azp]", text);
                case "connection.sni" -> serverNames.addAll(near(text));
                default -> {
                    if (what.startsWith("request.auth.claims")) {
                        claim(what.substring("request.auth.claims".length()), text);
                    }
                    if (what.startsWith("request.headers[")) {
                        headerNames.add(what.substring("request.headers[".length(), what.length() - 1));
                        headerValues.addAll(near(text));
                    }
                }
            }
        }
    }

    /** What a value matches, and what it only almost does. */
    private static List<String> near(String text) {
        String bare = text.replace("*", "");
        return List.of(bare, bare + "x", "x" + bare, bare.toUpperCase(Locale.ROOT), "x" + bare + "x");
    }

    private void paths(String text) {
        for (String one : List.of("one", "one/two", "")) {
            String path = text.replace("{**}", one).replace("{*}", one);
            for (String near : near(path)) {
                // Only what has one reading reaches policies at all.
                String rooted = near.startsWith("/") ? near : "/" + near;
                if (!rooted.contains("//") && !rooted.contains("[") && !rooted.contains("/.")) {
                    paths.add(rooted);
                }
            }
        }
    }

    private void requestPrincipal(String text) {
        int slash = text.lastIndexOf('/');
        tokens.issuers.add(slash < 0 ? text : text.substring(0, slash));
        tokens.subjects.add(slash < 0 ? text : text.substring(slash + 1));
        tokens.subjects.add("");
        tokens.issuers.removeIf(String::isEmpty);
    }

    private void claim(String path, String text) {
        tokens.claims
                .computeIfAbsent(path, name -> new ArrayList<>(List.of("other")))
                .addAll(near(text));
    }

    private void serviceAccounts(String text) {
        String namespace = text.contains("/") ? text.substring(0, text.indexOf('/')) : "foo";
        String account = text.substring(text.indexOf('/') + 1);
        for (String form : List.of(
                "spiffe://td/ns/%s/sa/%s",
                "spiffe://td/ns/%s/sa/%sx",
                "spiffe://td/ns/x%s/sa/%s",
                "spiffe://td/ns/%s/more/sa/%s",
                "spiffe://td/more/ns/%s/sa/%s/more",
                "spiffe://td/ns/%s/xsa/%s")) {
            principal(String.format(Locale.ROOT, form, namespace, account));
        }
    }

    private void principal(String text) {
        try {
            principals.add(SpiffeId.parse(text).toString());
        } catch (IllegalArgumentException nobodyHasIt) {
            // A caller with such a name cannot exist.
        }
    }

    private void addresses(String text) {
        String address = text.contains("/") ? text.substring(0, text.indexOf('/')) : text;
        addresses.add(address);
        int last = address.lastIndexOf('.');
        addresses.add(address.substring(0, last) + ".77");
        addresses.add(address.substring(0, address.lastIndexOf('.', last - 1)) + ".99.1");
    }
}
