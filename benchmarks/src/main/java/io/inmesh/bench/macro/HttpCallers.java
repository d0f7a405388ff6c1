package io.inmesh.bench.macro;

import io.inmesh.Mesh;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.okhttp.MeshOkHttp;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Callers by OkHttp, HTTP/1.1. */
final class HttpCallers {

    /**
     * As many idle connections as the mesh keeps. With OkHttp's default of 5, more callers than that would make a connection for
     * most calls, and the bare client would be measured making connections.
     */
    private static final int MAX_IDLE = 256;

    private HttpCallers() {}

    /** {@return a caller that knows an address} */
    static Caller bare(int port) {
        return caller(client().build(), "http://127.0.0.1:" + port + "/echo");
    }

    /** {@return a caller that knows an address and does the same mutual TLS as the mesh would} */
    static Caller bare(int port, IdentityEpoch epoch, PeerExpectation peer) {
        OkHttpClient client = client().sslSocketFactory(
                        epoch.clientContext(peer).getSocketFactory(), epoch.trustManager(peer))
                .hostnameVerifier(IdentityEpoch.hostnameVerifier(peer))
                .build();
        return caller(client, "https://127.0.0.1:" + port + "/echo");
    }

    /** {@return a caller that knows a name} */
    static Caller meshed(Mesh mesh, String service) {
        return caller(
                MeshOkHttp.wrap(new OkHttpClient(), mesh), "http://" + service + ":" + Backend.HTTP_PORT + "/echo");
    }

    private static OkHttpClient.Builder client() {
        return new OkHttpClient.Builder().connectionPool(new ConnectionPool(MAX_IDLE, 1, TimeUnit.MINUTES));
    }

    private static Caller caller(OkHttpClient client, String url) {
        Request request = new Request.Builder().url(url).build();
        return () -> {
            try (Response response = client.newCall(request).execute()) {
                if (response.code() != 200 || response.body().bytes().length != Backend.PAYLOAD_BYTES) {
                    throw new IOException("unexpected answer: HTTP " + response.code());
                }
            }
        };
    }
}
