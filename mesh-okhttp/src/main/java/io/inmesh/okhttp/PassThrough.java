package io.inmesh.okhttp;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Sends calls that are none of the mesh's business exactly as the application's client would have: with its proxy and
 * its own connection retry.
 */
final class PassThrough {

    private final @Nullable Proxy proxy;
    private final ProxySelector proxySelector;
    private final boolean retryOnConnectionFailure;

    PassThrough(OkHttpClient application) {
        this.proxy = application.proxy();
        this.proxySelector = application.proxySelector();
        this.retryOnConnectionFailure = application.retryOnConnectionFailure();
    }

    Response proceed(Interceptor.Chain chain, Request request) throws IOException {
        Wire wire = chain.call().tag(Wire.class);
        if (wire != null) {
            wire.leaveConnection(chain, chain.getDns());
        }
        return chain.withProxy(proxy)
                .withProxySelector(proxySelector)
                .withRetryOnConnectionFailure(retryOnConnectionFailure)
                .proceed(request);
    }
}
