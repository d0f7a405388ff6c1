package io.inmesh.okhttp;

import io.inmesh.Mesh;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.dispatch.MirroredCall;
import io.inmesh.observe.MeshObserver.MirrorSkip;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Sends copies of calls and forgets the answers: each is an OkHttp call of its own, on a daemon thread of its own, over the same
 * connections.
 *
 * <p>The body is copied before the call itself is sent, because reading it twice at once might not be what its author had in mind. A
 * body is copied if it can be sent again, says how long it is, and is no longer than {@link #MAX_BODY_BYTES}; else the copy is left
 * out, and counted as such. Cookies of the application go along, those of a mirror are not kept. The application's own interceptors
 * have seen the call before it is copied; its network interceptors see copies too.
 */
final class Mirrors implements Interceptor {

    /** Longest body that is copied: what 100 copies in flight to a cluster hold stays small. */
    static final int MAX_BODY_BYTES = 256 * 1024;

    private static final long THREAD_IDLE_SECONDS = 10;
    private static final AtomicInteger THREADS = new AtomicInteger();

    private final Mesh mesh;
    private final Targets targets;
    private final OkHttpClient client;

    /**
     * Makes a sender without threads, which come and go with copies.
     *
     * @param mesh whose end ends all copies
     * @param targets where connections go
     * @param meshed the client whose calls are copied, without the mesh's own interceptor
     */
    Mirrors(Mesh mesh, Targets targets, OkHttpClient meshed) {
        this.mesh = mesh;
        this.targets = targets;
        // Not bounded here: the engine hands out no more than a hundred copies per cluster.
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "inmesh-mirror-" + THREADS.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        Dispatcher dispatcher = new Dispatcher(threads);
        dispatcher.setMaxRequests(Integer.MAX_VALUE);
        dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
        OkHttpClient.Builder builder = meshed.newBuilder()
                .dispatcher(dispatcher)
                .cache(null)
                .authenticator(Authenticator.NONE)
                .cookieJar(readOnly(meshed.cookieJar()))
                .eventListenerFactory(call -> EventListener.NONE);
        builder.interceptors().clear();
        this.client = builder.addInterceptor(this).build();
        mesh.onClose(() -> {
            dispatcher.cancelAll();
            threads.shutdown();
        });
    }

    /** Sends copies of a request that is about to be sent. Neither waits for anything nor throws. */
    void send(List<MirroredCall> copies, Request request) {
        RequestBody body = request.body();
        MirrorSkip unfit = body == null ? null : unfit(body);
        RequestBody read = body == null || unfit != null ? null : read(body);
        if (body != null && unfit == null && read == null) {
            unfit = MirrorSkip.BODY_NOT_REPLAYABLE;
        }
        for (MirroredCall copy : copies) {
            if (unfit != null) {
                copy.skip(unfit);
            } else {
                send(copy, request, read);
            }
        }
    }

    private void send(MirroredCall copy, Request request, @Nullable RequestBody body) {
        Dispatch dispatch = copy.dispatch(new OkHttpCall(request));
        Request copied = request.newBuilder()
                .method(request.method(), body)
                .tag(Dispatch.class, dispatch)
                .build();
        client.newCall(copied).enqueue(new Callback() {
            @Override
            public void onResponse(Call call, Response response) {
                response.close();
            }

            @Override
            public void onFailure(Call call, IOException failure) {
                // Does nothing unless the copy never got a thread.
                dispatch.cancel();
            }
        });
    }

    /** Sends one copy; the interceptor of the copies' own client. */
    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        Dispatch dispatch = request.tag(Dispatch.class);
        if (dispatch == null) {
            throw new IllegalStateException("only copies of calls are sent by this client");
        }
        return new Exchange(mesh, targets, this, null, chain, new OkHttpCall(request), dispatch).run();
    }

    private static @Nullable MirrorSkip unfit(RequestBody body) {
        if (body.isDuplex()) {
            return MirrorSkip.STREAMING;
        }
        long length = length(body);
        if (body.isOneShot() || length < 0) {
            return MirrorSkip.BODY_NOT_REPLAYABLE;
        }
        return length > MAX_BODY_BYTES ? MirrorSkip.BODY_TOO_LARGE : null;
    }

    private static long length(RequestBody body) {
        try {
            return body.contentLength();
        } catch (IOException unknown) {
            return -1;
        }
    }

    /** {@return a body of what another writes; null if it fails, which is then for the call itself to find out} */
    private static @Nullable RequestBody read(RequestBody body) {
        Buffer buffer = new Buffer();
        try {
            body.writeTo(buffer);
            return RequestBody.create(buffer.readByteString(), body.contentType());
        } catch (IOException | RuntimeException failure) {
            return null;
        }
    }

    private static CookieJar readOnly(CookieJar jar) {
        return new CookieJar() {
            @Override
            public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {}

            @Override
            public List<Cookie> loadForRequest(HttpUrl url) {
                return jar.loadForRequest(url);
            }
        };
    }
}
