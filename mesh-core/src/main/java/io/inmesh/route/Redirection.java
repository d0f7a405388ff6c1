package io.inmesh.route;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.StatusCodes;
import io.inmesh.config.RouteAction.Redirect;

/**
 * A compiled {@link Redirect}. The query is kept unless the new path has one; a default port is left out.
 *
 * <p>As in Envoy, a new host without a new port has the default port, and a port that is the old scheme's default is not carried over to
 * a new scheme.
 */
final class Redirection {

    private final Redirect redirect;
    private final PathTest matched;

    Redirection(Redirect redirect, PathTest matched) {
        this.redirect = redirect;
        this.matched = matched;
    }

    Outcome.LocalReply reply(Call call) {
        return new Outcome.LocalReply(
                Outcome.Reason.REDIRECT,
                redirect.status(),
                StatusCodes.grpcOf(redirect.status()),
                null,
                location(call));
    }

    private String location(Call call) {
        String scheme = redirect.scheme() == null ? call.scheme() : redirect.scheme();
        String host = redirect.host() == null ? call.host() : redirect.host();
        int port = port(call, scheme);
        String path = path(call);
        String authority = port == HeaderTest.defaultPort(scheme) ? host : host + ":" + port;
        String query = call.query() == null || path.indexOf('?') >= 0 ? "" : "?" + call.query();
        return scheme + "://" + authority + path + query;
    }

    private int port(Call call, String scheme) {
        if (redirect.port() >= 0) {
            return redirect.port();
        }
        boolean kept = redirect.host() == null && call.port() != HeaderTest.defaultPort(call.scheme());
        return kept ? call.port() : HeaderTest.defaultPort(scheme);
    }

    private String path(Call call) {
        if (redirect.path() != null) {
            return redirect.path();
        }
        return redirect.prefixRewrite() == null
                ? call.path()
                : Rewrite.replacePrefix(matched, redirect.prefixRewrite(), call.path());
    }
}
