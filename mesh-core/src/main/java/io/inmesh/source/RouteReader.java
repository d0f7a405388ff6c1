package io.inmesh.source;

import io.inmesh.config.HeaderEditsConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RewriteConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteAction.WeightedCluster;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads entries of {@code routes}. */
final class RouteReader {

    private RouteReader() {}

    static @Nullable RouteConfig read(Section route) {
        String name = route.text("name", "default");
        RouteMatch match = route.section("match", MatchReader::read, RouteMatch.ANY);
        RouteAction action = action(route);
        RouteConfig config = RouteConfig.of(name, match, action == null ? RouteAction.to("") : action)
                .withTimeout(route.duration("timeout"))
                .withRetry(route.section("retry", RetryReader::read, RetryConfig.DEFAULT))
                .withFault(route.findSection("fault", FaultReader::read))
                .withRewrite(route.findSection("rewrite", RouteReader::rewrite))
                .withHeaders(edits(route, "requestHeaders"), edits(route, "responseHeaders"))
                .withOrigin(route.value().place());
        return action == null ? null : config;
    }

    private static @Nullable RouteAction action(Section route) {
        Value to = route.get("to");
        RouteAction direct = route.findSection("directResponse", RouteReader::directResponse);
        RouteAction redirect = route.findSection("redirect", RouteReader::redirect);
        long given = Stream.of("to", "directResponse", "redirect")
                .filter(route.keys()::contains)
                .count();
        if (given != 1) {
            route.value()
                    .report(
                            "has " + given + " actions",
                            "give exactly one of \"to\", \"directResponse\", \"redirect\"");
            return null;
        }
        return to != null ? forward(to, route) : direct != null ? direct : redirect;
    }

    private static RouteAction forward(Value to, Section route) {
        List<WeightedCluster> clusters = to.isText()
                ? List.of(WeightedCluster.of(Objects.requireNonNull(to.text()), 1))
                : MeshConfigYaml.all(to.list(), RouteReader::weighted);
        return new RouteAction.Forward(clusters, MeshConfigYaml.all(route.list("mirrors"), RouteReader::mirror));
    }

    private static RouteAction.Mirror mirror(Section mirror) {
        // As in Istio, a mirror without percentage gets a copy of every call.
        return new RouteAction.Mirror(
                mirror.required("cluster"),
                mirror.get("percent") == null ? FaultReader.WHOLE : FaultReader.millionths(mirror));
    }

    private static WeightedCluster weighted(Section section) {
        return new WeightedCluster(
                section.required("cluster"),
                section.get("weight", Value::whole, 1L),
                edits(section, "requestHeaders"),
                edits(section, "responseHeaders"),
                section.text("authority"));
    }

    private static RouteAction directResponse(Section direct) {
        return new RouteAction.DirectResponse(direct.integer("status", 0), direct.text("body"));
    }

    private static RouteAction redirect(Section redirect) {
        return new RouteAction.Redirect(
                redirect.integer("status", 301),
                redirect.text("scheme"),
                redirect.text("host"),
                redirect.integer("port", -1),
                redirect.text("path"),
                redirect.text("prefixRewrite"));
    }

    private static RewriteConfig rewrite(Section rewrite) {
        return new RewriteConfig(
                rewrite.text("path"), rewrite.text("regex"), rewrite.text("substitution"), rewrite.text("authority"));
    }

    private static HeaderEditsConfig edits(Section section, String key) {
        return section.section(key, RouteReader::edits, HeaderEditsConfig.NONE);
    }

    private static HeaderEditsConfig edits(Section edits) {
        return new HeaderEditsConfig(
                headers(edits.textMap("set")), headers(edits.textMap("add")), edits.texts("remove"));
    }

    private static List<HeaderEditsConfig.Header> headers(Map<String, String> headers) {
        return headers.entrySet().stream()
                .map(header -> new HeaderEditsConfig.Header(header.getKey(), header.getValue()))
                .toList();
    }
}
