package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** One HTTP rule of a VirtualService. */
final class HttpRouteCheck {
    private static final int MAX_BODY_BYTES = 1 << 20;
    private static final Set<Integer> REDIRECT_CODES = Set.of(301, 302, 303, 307, 308);

    private HttpRouteCheck() {}

    static void check(Report report, Mesh mesh, Field http, boolean inDelegate) {
        http.get("match").items().forEach(match -> MatchCheck.check(report, match));
        action(report, http);
        DestinationCheck.destinations(report, mesh, http);
        DestinationCheck.mirrors(report, mesh, http);
        RetryAndFaultCheck.check(report, http);
        rewrite(report, http.get("rewrite"));
        HeaderCheck.check(report, http.get("headers"));
        http.get("route").items().forEach(route -> HeaderCheck.check(report, route.get("headers")));
        redirect(report, http.get("redirect"));
        directResponse(report, http.get("directResponse"));
        delegate(report, mesh, http, inDelegate);
    }

    private static void action(Report report, Field http) {
        boolean route = !http.get("route").items().isEmpty();
        List<String> actions = List.of("redirect", "directResponse", "delegate").stream()
                .filter(name -> http.get(name).present())
                .toList();
        if (!route && actions.isEmpty()) {
            report.add(Check.REQUIRED, http, "needs one of route, redirect, directResponse and delegate");
        }
        if (actions.size() > 1 || (route && !actions.isEmpty())) {
            report.add(Check.EXCLUSIVE, http, "route, redirect, directResponse and delegate exclude each other");
        }
        for (String action : List.of("redirect", "directResponse")) {
            for (String other : List.of("rewrite", "fault")) {
                if (http.get(action).present() && http.get(other).present()) {
                    report.add(Check.EXCLUSIVE, http.get(other), "cannot be set together with " + action);
                }
            }
        }
    }

    private static void rewrite(Report report, Field rewrite) {
        if (rewrite.absent()) {
            return;
        }
        Field regex = rewrite.get("uriRegexRewrite");
        report.regex(regex.get("match"));
        HttpTextCheck.substitution(report, regex.get("match"), regex.get("rewrite"));
        HttpTextCheck.authority(report, rewrite.get("authority"));
        boolean any = rewrite.get("uri").present()
                || rewrite.get("authority").present()
                || rewrite.get("uriRegexRewrite").present();
        if (!any) {
            report.add(Check.REQUIRED, rewrite, "needs one of uri, uriRegexRewrite and authority");
        }
    }

    private static void redirect(Report report, Field redirect) {
        if (redirect.absent()) {
            return;
        }
        report.exclusive(redirect, "uri", "prefixRewrite");
        HttpTextCheck.location(report, redirect.get("uri"));
        HttpTextCheck.location(report, redirect.get("prefixRewrite"));
        HttpTextCheck.authority(report, redirect.get("authority"));
        report.exclusive(redirect, "port", "derivePort");
        report.port(redirect.get("port"));
        redirect.get("redirectCode").integer().ifPresent(code -> {
            if (!REDIRECT_CODES.contains(code)) {
                report.add(Check.BAD_VALUE, redirect.get("redirectCode"), code + " is none of 301, 302, 303, 307, 308");
            }
        });
        String scheme = redirect.get("scheme").text("http");
        if (!scheme.equals("http") && !scheme.equals("https")) {
            report.add(Check.BAD_VALUE, redirect.get("scheme"), "\"" + scheme + "\" is neither http nor https");
        }
    }

    private static void directResponse(Report report, Field response) {
        if (response.absent()) {
            return;
        }
        Field status = response.get("status");
        if (status.absent()) {
            report.add(Check.REQUIRED, status, "is required");
        }
        report.range(status, 200, 599);
        Field body = response.get("body");
        report.exclusive(body, "string", "bytes");
        if (body.get("string").text().length() > MAX_BODY_BYTES
                || body.get("bytes").text().length() / 4 * 3 > MAX_BODY_BYTES) {
            report.add(Check.BAD_VALUE, body, "is larger than 1 MiB");
        }
        Field bytes = body.get("bytes");
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getDecoder().decode(bytes.text())));
        } catch (IllegalArgumentException e) {
            report.add(Check.BAD_VALUE, bytes, "is not Base64");
        } catch (CharacterCodingException e) {
            report.add(
                    Check.NO_EFFECT,
                    bytes,
                    "is not UTF-8: in Inmesh's own clients, bodies of direct responses are text, and each byte that is"
                            + " none becomes a replacement character");
        }
    }

    private static void delegate(Report report, Mesh mesh, Field http, boolean inDelegate) {
        Field delegate = http.get("delegate");
        if (delegate.absent()) {
            return;
        }
        if (inDelegate) {
            report.add(Check.BAD_DELEGATE, delegate, "a delegate cannot delegate further: this rule has no effect");
            return;
        }
        mesh.rules()
                .virtualServices()
                .delegateProblems(report.resource(), http)
                .forEach(problem -> report.add(Check.BAD_DELEGATE, delegate, problem));
    }
}
