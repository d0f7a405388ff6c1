package io.inmesh.okhttp;

import io.inmesh.Mesh;
import io.inmesh.call.Prober;
import io.inmesh.dispatch.Dispatch;
import java.io.IOException;
import java.net.ProtocolException;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The application interceptor: routes every request, and every redirect that follows from it, through the mesh or past it.
 */
final class MeshInterceptor implements Interceptor {

    private final Mesh mesh;
    private final Targets targets;
    private final Mirrors mirrors;
    private final Hedges hedges;
    private final FollowUps followUps;
    private final PassThrough passThrough;
    private final Prober prober;

    MeshInterceptor(
            Mesh mesh,
            Targets targets,
            Mirrors mirrors,
            Hedges hedges,
            FollowUps followUps,
            PassThrough passThrough,
            Prober prober) {
        this.mesh = mesh;
        this.targets = targets;
        this.mirrors = mirrors;
        this.hedges = hedges;
        this.followUps = followUps;
        this.passThrough = passThrough;
        this.prober = prober;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        if (chain.connection() != null) {
            throw new IllegalStateException(
                    "the mesh must be an application interceptor: use MeshOkHttp.wrap, not addNetworkInterceptor");
        }
        Request request = chain.request();
        Response prior = null;
        for (int hop = 0; ; hop++) {
            Response response = exchange(chain, request);
            if (prior != null) {
                response = response.newBuilder().priorResponse(prior).build();
            }
            Request next = followUps.next(request, response);
            if (next == null) {
                return response;
            }
            response.close();
            if (hop == FollowUps.MAX) {
                throw new ProtocolException("Too many follow-up requests: " + (hop + 1));
            }
            prior = response.newBuilder().body(okhttp3.ResponseBody.EMPTY).build();
            request = next;
        }
    }

    private Response exchange(Chain chain, Request request) throws IOException {
        if (request.header("Cache-Control") != null && request.cacheControl().onlyIfCached()) {
            // Never reaches the network, so no endpoint is to be praised or blamed for the answer.
            return passThrough.proceed(chain, request);
        }
        OkHttpCall call = new OkHttpCall(request, prober, chain.getCookieJar());
        @Nullable Dispatch dispatch = mesh.outbound(call);
        if (dispatch == null) {
            return passThrough.proceed(chain, request);
        }
        return new Exchange(mesh, targets, mirrors, hedges, chain, call, dispatch).run();
    }
}
