package io.inmesh.okhttp;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Probe;
import io.inmesh.call.Prober;
import io.inmesh.load.LoadHeaders;
import io.inmesh.load.OrcaText;
import io.inmesh.load.ServerLoad;
import java.io.IOException;
import java.net.Proxy;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.Authenticator;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.CookieJar;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Asks endpoints for their load over the connections of a meshed client, beside its calls: the application's interceptors, listeners and
 * limits see nothing of it. At most a few threads, which end when there is nothing to ask.
 */
final class LoadProber implements Prober {

    private static final int MOST_THREADS = 8;
    private static final long IDLE_SECONDS = 10;

    private final OkHttpClient client;

    /**
     * Makes a prober.
     *
     * @param application the application's client
     * @param pool the connections of its meshed counterpart
     * @param targets where they go
     */
    LoadProber(OkHttpClient application, ConnectionPool pool, Targets targets) {
        OkHttpClient.Builder builder = application
                .newBuilder()
                .dispatcher(dispatcher())
                .connectionPool(pool)
                .proxy(Proxy.NO_PROXY)
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .cache(null)
                .cookieJar(CookieJar.NO_COOKIES)
                .authenticator(Authenticator.NONE)
                .eventListener(EventListener.NONE);
        builder.interceptors().clear();
        builder.networkInterceptors().clear();
        builder.addInterceptor(chain -> {
            Probe probe = chain.call().request().tag(Probe.class);
            if (probe == null) {
                throw new IOException("not a probe");
            }
            return targets.of(probe).direct(chain).proceed(chain.request());
        });
        this.client = builder.build();
    }

    @Override
    public void probe(Probe probe) {
        Call occasion = probe.occasion();
        HttpUrl url = new HttpUrl.Builder()
                .scheme("http")
                .host(occasion.host())
                .port(occasion.port())
                .encodedPath(LoadHeaders.PROBE_PATH)
                .build();
        Request request = new Request.Builder()
                .url(url)
                .header(LoadHeaders.ASK, LoadHeaders.ASKED)
                .tag(Probe.class, probe)
                .build();
        okhttp3.Call call = client.newCall(request);
        call.timeout().timeout(probe.timeoutNanos(), TimeUnit.NANOSECONDS);
        call.enqueue(new Answer(probe));
    }

    /** Hands in what a response says about its endpoint's load, if it was asked. */
    static void report(Attempt attempt, Response response) {
        ServerLoad load = attempt.asksForLoad() ? load(response) : null;
        if (load != null) {
            attempt.reportLoad(load);
        }
    }

    private static @Nullable ServerLoad load(Response response) {
        String text = response.header(LoadHeaders.TEXT);
        return text == null ? null : OrcaText.read(text);
    }

    private static Dispatcher dispatcher() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                0, MOST_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "inmesh-probe");
                    thread.setDaemon(true);
                    return thread;
                });
        Dispatcher dispatcher = new Dispatcher(threads);
        // What is more than the threads can take is refused by them, and is a probe without answer.
        dispatcher.setMaxRequests(Integer.MAX_VALUE);
        dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
        return dispatcher;
    }

    /** Ends a probe. */
    private record Answer(Probe probe) implements Callback {

        @Override
        public void onResponse(okhttp3.Call call, Response response) {
            try (response) {
                ServerLoad load = load(response);
                if (load == null) {
                    probe.failed();
                } else {
                    probe.answered(load);
                }
            }
        }

        @Override
        public void onFailure(okhttp3.Call call, IOException e) {
            probe.failed();
        }
    }
}
