package io.inmesh.server.translate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.rule.Field;
import io.inmesh.xds.core.RuntimeFractionalPercent;
import io.inmesh.xds.route.RedirectAction;
import io.inmesh.xds.route.RouteAction;
import io.inmesh.xds.type.FractionalPercent;
import io.inmesh.xds.type.matcher.RegexMatchAndSubstitute;
import java.util.List;
import java.util.Locale;

/** Filters of HTTPRoutes and GRPCRoutes. */
final class GatewayFilters {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int PERCENT = 100;

    private GatewayFilters() {}

    /** A header modifier in the form of a VirtualService's header operations; of several entries for one header the first counts. */
    static HeaderOperations headers(Field modifier) {
        return HeaderOperations.of(operations(modifier));
    }

    /** The host a request header modifier sets, as operations know it. */
    static Field operations(Field modifier) {
        ObjectNode operations = JsonNodeFactory.instance.objectNode();
        for (String operation : List.of("set", "add")) {
            ObjectNode values = operations.putObject(operation);
            ObjectNode seen = JsonNodeFactory.instance.objectNode();
            for (Field entry : modifier.get(operation).items()) {
                String name = entry.get("name").text();
                if (!seen.has(name.toLowerCase(Locale.ROOT))) {
                    seen.put(name.toLowerCase(Locale.ROOT), true);
                    values.put(name, entry.get("value").text());
                }
            }
        }
        ArrayNode removed = operations.putArray("remove");
        modifier.get("remove").texts().forEach(removed::add);
        return Field.of(operations, modifier.path());
    }

    /**
     * A redirect. What is not said stays as in the request, but for the port: a new scheme brings its own, and a new host that of the
     * service called.
     *
     * @param redirect {@code requestRedirect}
     * @param prefix the matched prefix, without its last slash
     * @param calledPort the service port called
     */
    static RedirectAction redirect(Field redirect, String prefix, int calledPort) {
        RedirectAction.Builder action = RedirectAction.newBuilder();
        String scheme = redirect.get("scheme").text();
        String host = redirect.get("hostname").text();
        action.setHostRedirect(host);
        if (!scheme.isEmpty()) {
            action.setSchemeRedirect(scheme);
        }
        int port = redirect.get("port").integer(0);
        if (port == 0 && !scheme.isEmpty()) {
            port = scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
        } else if (port == 0 && !host.isEmpty()) {
            port = calledPort;
        }
        // A new host comes without port, so there a default one need not be written.
        boolean implied = !host.isEmpty() && port == (scheme.equals("https") ? HTTPS_PORT : HTTP_PORT);
        action.setPortRedirect(implied ? 0 : port);
        Field path = redirect.get("path");
        if (path.get("replaceFullPath").present()) {
            action.setPathRedirect(rooted(path.get("replaceFullPath").text()));
        } else if (path.get("replacePrefixMatch").present()) {
            action.setPrefixRewrite(replacement(path, prefix));
        }
        return action.setResponseCode(
                        switch (redirect.get("statusCode").integer(302)) {
                            case 301 -> RedirectAction.RedirectResponseCode.MOVED_PERMANENTLY;
                            case 303 -> RedirectAction.RedirectResponseCode.SEE_OTHER;
                            case 307 -> RedirectAction.RedirectResponseCode.TEMPORARY_REDIRECT;
                            case 308 -> RedirectAction.RedirectResponseCode.PERMANENT_REDIRECT;
                            default -> RedirectAction.RedirectResponseCode.FOUND;
                        })
                .build();
    }

    /** A rewrite of host or path. */
    static void rewrite(RouteAction.Builder action, Field rewrite, String prefix) {
        if (rewrite.get("hostname").present()) {
            action.setHostRewriteLiteral(rewrite.get("hostname").text());
        }
        Field path = rewrite.get("path");
        if (path.get("replaceFullPath").present()) {
            String whole = rooted(path.get("replaceFullPath").text());
            action.setRegexRewrite(RegexMatchAndSubstitute.newBuilder()
                    .setPattern(StringMatchers.regex("^/.*$"))
                    .setSubstitution(whole.replace("\\", "\\\\")));
        } else if (path.get("replacePrefixMatch").present()) {
            action.setPrefixRewrite(replacement(path, prefix));
        }
    }

    /** Whether a filter takes a prefix away without putting another in its place: then what follows must keep its slash. */
    static boolean removesPrefix(Field filter, String prefix) {
        Field replaced = filter.get("path").get("replacePrefixMatch");
        return replaced.present()
                && !prefix.isEmpty()
                && trimmed(replaced.text()).isEmpty();
    }

    static RouteAction.RequestMirrorPolicy mirror(Field mirror, String cluster) {
        return RouteAction.RequestMirrorPolicy.newBuilder()
                .setCluster(cluster)
                .setRuntimeFraction(RuntimeFractionalPercent.newBuilder().setDefaultValue(share(mirror)))
                .build();
    }

    private static FractionalPercent share(Field mirror) {
        Field fraction = mirror.get("fraction");
        if (fraction.present()) {
            double denominator = Math.max(1, fraction.get("denominator").integer(PERCENT));
            return Protos.percent(fraction.get("numerator").integer(0) * PERCENT / denominator);
        }
        return Protos.percent(mirror.get("percent").integer(PERCENT));
    }

    /** What stands in place of the prefix. Where the prefix is only the slash of the root, so must be the end of what replaces it. */
    private static String replacement(Field path, String prefix) {
        String whole = trimmed(path.get("replacePrefixMatch").text());
        return prefix.isEmpty() || whole.isEmpty() ? rooted(whole) + (whole.isEmpty() ? "" : "/") : rooted(whole);
    }

    private static String trimmed(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static String rooted(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }
}
