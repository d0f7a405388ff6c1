package io.inmesh.okhttp;

import io.inmesh.Mesh;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;

/**
 * What attempts of hedged calls are sent with: a client whose calls are single attempts, each of which can be cancelled alone, over the same
 * connections, and daemon threads for the attempts beside slow ones.
 *
 * <p>The application's own interceptors have seen the call before; its network interceptors see each attempt. Its event listener hears of
 * the call, not of the attempts.
 */
final class Hedges implements Interceptor {

    /** Most hedges under way at once; beyond it there is none. */
    static final int MAX_THREADS = 64;

    private static final long THREAD_IDLE_SECONDS = 10;
    private static final AtomicInteger THREADS = new AtomicInteger();

    private final OkHttpClient client;
    private final ThreadPoolExecutor threads;

    /**
     * Makes what has no threads yet; they come and go with hedges.
     *
     * @param mesh whose end ends the threads
     * @param meshed the client whose calls are hedged, without the mesh's own interceptor
     */
    Hedges(Mesh mesh, OkHttpClient meshed) {
        this.threads = new ThreadPoolExecutor(
                0, MAX_THREADS, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "inmesh-hedge-" + THREADS.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        OkHttpClient.Builder builder =
                meshed.newBuilder().callTimeout(Duration.ZERO).eventListenerFactory(call -> EventListener.NONE);
        builder.interceptors().clear();
        this.client = builder.addInterceptor(this).build();
        mesh.onClose(threads::shutdown);
    }

    /** {@return a call that sends one attempt and nothing else} */
    okhttp3.Call newCall(HedgedAttempt attempt) {
        return client.newCall(
                attempt.request().newBuilder().tag(HedgedAttempt.class, attempt).build());
    }

    /**
     * Runs a task on a thread of its own.
     *
     * @throws java.util.concurrent.RejectedExecutionException if there are too many already
     */
    void execute(Runnable task) {
        threads.execute(task);
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        HedgedAttempt attempt = chain.request().tag(HedgedAttempt.class);
        if (attempt == null) {
            throw new IllegalStateException("this client sends attempts of the mesh only");
        }
        return attempt.sendThrough(chain);
    }
}
