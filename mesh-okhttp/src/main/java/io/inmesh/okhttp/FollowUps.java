package io.inmesh.okhttp;

import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * What to ask next when an answer is a redirect, by the rules OkHttp itself follows (RFC 9110 15.4).
 *
 * <p>OkHttp follows redirects below application interceptors, where the endpoint is already chosen; a redirect to another
 * service would be sent to the wrong endpoint. So the mesh follows them above, and every hop is routed anew.
 */
final class FollowUps {

    /** OkHttp's own limit, as browsers have. */
    static final int MAX = 20;

    private final boolean follow;
    private final boolean followAcrossSchemes;

    FollowUps(boolean follow, boolean followAcrossSchemes) {
        this.follow = follow;
        this.followAcrossSchemes = followAcrossSchemes;
    }

    /** {@return the request that follows an answer, or null if the answer is final} */
    @Nullable
    Request next(Request request, Response response) {
        if (!follow || !isRedirect(response.code())) {
            return null;
        }
        String location = response.header("Location");
        HttpUrl url = location == null ? null : request.url().resolve(location);
        if (url == null) {
            return null;
        }
        boolean sameScheme = url.scheme().equals(request.url().scheme());
        if (!sameScheme && !followAcrossSchemes) {
            return null;
        }
        Request.Builder next = request.newBuilder().url(url);
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            boolean keepsMethod = response.code() == 307
                    || response.code() == 308
                    || request.method().equals("PROPFIND");
            RequestBody body = request.body();
            if (keepsMethod && body != null && body.isOneShot()) {
                return null;
            }
            if (!keepsMethod) {
                next.method("GET", null)
                        .removeHeader("Transfer-Encoding")
                        .removeHeader("Content-Length")
                        .removeHeader("Content-Type");
            }
        }
        if (!sameScheme
                || !url.host().equals(request.url().host())
                || url.port() != request.url().port()) {
            // Credentials are for whom they were given to.
            next.removeHeader("Authorization");
        }
        return next.build();
    }

    private static boolean isRedirect(int status) {
        return status == 300 || status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }
}
