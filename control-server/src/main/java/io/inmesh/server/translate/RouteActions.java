package io.inmesh.server.translate;

import com.google.protobuf.ByteString;
import io.inmesh.server.rule.Field;
import io.inmesh.xds.core.DataSource;
import io.inmesh.xds.route.DirectResponseAction;
import io.inmesh.xds.route.RedirectAction;
import io.inmesh.xds.route.RouteAction;
import io.inmesh.xds.type.matcher.RegexMatchAndSubstitute;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Redirects, direct responses and rewrites. */
final class RouteActions {
    private RouteActions() {}

    /** A redirect of a call to {@code calledPort}. Without a port the client keeps what the URL has, or its scheme's default. */
    static RedirectAction redirect(Field redirect, int calledPort) {
        RedirectAction.Builder action = RedirectAction.newBuilder();
        if (redirect.get("prefixRewrite").present()) {
            action.setPrefixRewrite(redirect.get("prefixRewrite").text());
        } else if (redirect.get("uri").present()) {
            action.setPathRedirect(redirect.get("uri").text());
        }
        action.setHostRedirect(redirect.get("authority").text());
        String scheme = redirect.get("scheme").text();
        action.setSchemeRedirect(scheme);
        int port = redirect.get("port").integer(0);
        if (redirect.get("derivePort").text().equals("FROM_REQUEST_PORT")) {
            port = calledPort;
        }
        boolean schemeDefault = (port == 80 && !scheme.equals("https")) || (port == 443 && scheme.equals("https"));
        if (port > 0 && !schemeDefault) {
            action.setPortRedirect(port);
        }
        return action.setResponseCode(
                        switch (redirect.get("redirectCode").integer(301)) {
                            case 302 -> RedirectAction.RedirectResponseCode.FOUND;
                            case 303 -> RedirectAction.RedirectResponseCode.SEE_OTHER;
                            case 307 -> RedirectAction.RedirectResponseCode.TEMPORARY_REDIRECT;
                            case 308 -> RedirectAction.RedirectResponseCode.PERMANENT_REDIRECT;
                            default -> RedirectAction.RedirectResponseCode.MOVED_PERMANENTLY;
                        })
                .build();
    }

    static DirectResponseAction directResponse(Field response) {
        DirectResponseAction.Builder action = DirectResponseAction.newBuilder()
                .setStatus(response.get("status").integer(0));
        Field body = response.get("body");
        if (body.get("string").present()) {
            action.setBody(DataSource.newBuilder()
                    .setInlineBytes(ByteString.copyFrom(body.get("string").text(), StandardCharsets.UTF_8)));
        } else if (body.get("bytes").present()) {
            action.setBody(DataSource.newBuilder()
                    .setInlineBytes(ByteString.copyFrom(
                            Base64.getDecoder().decode(body.get("bytes").text()))));
        }
        return action.build();
    }

    static void rewrite(RouteAction.Builder action, Field rewrite) {
        Field regex = rewrite.get("uriRegexRewrite");
        if (regex.present()) {
            action.setRegexRewrite(RegexMatchAndSubstitute.newBuilder()
                    .setPattern(StringMatchers.regex(regex.get("match").text()))
                    .setSubstitution(regex.get("rewrite").text()));
        } else if (rewrite.get("uri").present()) {
            action.setPrefixRewrite(rewrite.get("uri").text());
        }
        if (rewrite.get("authority").present()) {
            action.setHostRewriteLiteral(rewrite.get("authority").text());
        }
    }
}
