package io.inmesh.okhttp;

import io.inmesh.Mesh;
import java.net.Proxy;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the mesh into an OkHttp client.
 *
 * <pre>{@code
 * OkHttpClient http = MeshOkHttp.wrap(new OkHttpClient(), mesh);
 * http.newCall(new Request.Builder().url("http://reviews:9080/reviews/0").build()).execute();
 * }</pre>
 *
 * <p>Calls to hosts that the mesh knows are routed, balanced, retried, secured and observed by it; calls to other hosts go on
 * as before. Needs OkHttp 5.4 or newer.
 */
public final class MeshOkHttp {

    private static final Logger LOG = LoggerFactory.getLogger(MeshOkHttp.class);

    /** OkHttp's default of calls in flight per host name; a mesh name stands for many endpoints. */
    private static final int OKHTTP_MAX_REQUESTS_PER_HOST = 5;

    /** OkHttp's default of calls in flight in all. */
    private static final int OKHTTP_MAX_REQUESTS = 64;

    /** Idle connections kept: OkHttp's 5 in all would mean a new connection for nearly every call to 20 endpoints. */
    private static final int MAX_IDLE_CONNECTIONS = 256;

    /** Idle connections are closed well before a server with the common 60 s keep-alive does it in the middle of a call. */
    private static final long KEEP_ALIVE_SECONDS = 50;

    private MeshOkHttp() {}

    /**
     * {@return a client like the given one whose calls go through the mesh}
     *
     * <p>Interceptors the application added stay above the mesh: they see one call, however often it is retried. The new
     * client has its own connection pool; the dispatcher is shared with the given client unless it has OkHttp's default
     * limits, which a mesh name would exhaust with six concurrent calls. The mesh knows the client for as long as it lives, so wrap
     * a client once and share it.
     *
     * @param client the application's client; it is not changed
     * @param mesh the mesh of this process
     * @throws IllegalArgumentException if the client already goes through a mesh
     */
    public static OkHttpClient wrap(OkHttpClient client, Mesh mesh) {
        refuseTwice(client);
        String applicationProtocol = client.protocols().contains(Protocol.H2_PRIOR_KNOWLEDGE) ? "h2" : "http/1.1";
        Targets targets =
                new Targets(mesh, new SocketSettings(client.socketFactory(), applicationProtocol, mesh.scheduler()));
        ConnectionPool pool = new ConnectionPool(MAX_IDLE_CONNECTIONS, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
        // Connections of the old identity that are idle now are closed now; those in use are not used for new calls.
        mesh.identity().onChange(epoch -> pool.evictAll());
        mesh.checkWith("okhttp", () -> new OkHttpChecker(client, pool, targets));
        OkHttpClient.Builder meshed = client.newBuilder()
                .dispatcher(dispatcherFor(client.dispatcher()))
                .connectionPool(pool)
                .proxy(Proxy.NO_PROXY)
                .retryOnConnectionFailure(false)
                .followRedirects(false);
        // First, so that it has the last word on what OkHttp sees.
        meshed.networkInterceptors().add(0, new RetryAfterZero());
        Mirrors mirrors = new Mirrors(mesh, targets, meshed.build());
        return meshed.addInterceptor(new MeshInterceptor(
                        mesh,
                        targets,
                        mirrors,
                        new Hedges(mesh, meshed.build()),
                        new FollowUps(client.followRedirects(), client.followSslRedirects()),
                        new PassThrough(client),
                        new LoadProber(client, pool, targets)))
                .build();
    }

    private static void refuseTwice(OkHttpClient client) {
        for (List<Interceptor> interceptors : List.of(client.interceptors(), client.networkInterceptors())) {
            for (Interceptor interceptor : interceptors) {
                if (interceptor instanceof MeshInterceptor) {
                    throw new IllegalArgumentException("this OkHttpClient already goes through the mesh; wrap it once");
                }
            }
        }
    }

    private static Dispatcher dispatcherFor(Dispatcher given) {
        boolean untouched = given.getMaxRequestsPerHost() == OKHTTP_MAX_REQUESTS_PER_HOST
                && given.getMaxRequests() == OKHTTP_MAX_REQUESTS;
        if (!untouched) {
            if (given.getMaxRequestsPerHost() < 64) {
                LOG.warn(
                        "the OkHttp dispatcher allows {} asynchronous calls per host name, and a mesh name is one host for all"
                                + " endpoints; raise Dispatcher.setMaxRequestsPerHost if calls queue up",
                        given.getMaxRequestsPerHost());
            }
            return given;
        }
        Dispatcher wide = new Dispatcher();
        // The mesh's own limits (connectionPool in a DestinationRule) decide; the dispatcher only must not be in the
        // way.
        wide.setMaxRequests(Integer.MAX_VALUE);
        wide.setMaxRequestsPerHost(Integer.MAX_VALUE);
        return wide;
    }
}
