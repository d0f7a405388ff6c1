package io.inmesh.okhttp;

import io.inmesh.check.CheckResult;
import io.inmesh.check.CheckTask;
import io.inmesh.check.Checker;
import io.inmesh.config.HealthCheckConfig.Http;
import io.inmesh.config.HealthCheckConfig.Protocol;
import io.inmesh.config.HealthCheckConfig.StatusRange;
import io.inmesh.config.HealthCheckConfig.Tcp;
import io.inmesh.time.Scheduler.Cancellable;
import java.io.IOException;
import java.net.Proxy;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Asks endpoints over HTTP and TCP, over the same sockets as calls: to the endpoint itself, with the identity of now.
 *
 * <p>Runs on daemon threads of its own; the mesh bounds how many are busy. What the application added to its client (interceptors,
 * cookies, cache, credentials) has no part in it.
 */
final class OkHttpChecker implements Checker {

    private static final long IDLE_SECONDS = 10;
    private static final RequestBody EMPTY = RequestBody.create(new byte[0]);

    private final Targets targets;
    private final OkHttpClient client;
    private final ExecutorService executor;

    /**
     * Makes a checker.
     *
     * @param application the client whose protocols and timeouts are taken over
     * @param pool connections that calls use too
     * @param targets where connections go
     */
    OkHttpChecker(OkHttpClient application, ConnectionPool pool, Targets targets) {
        this.targets = targets;
        this.executor = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "inmesh-health-check");
                    thread.setDaemon(true);
                    return thread;
                });
        this.client = new OkHttpClient.Builder()
                .protocols(application.protocols())
                .connectionPool(pool)
                .proxy(Proxy.NO_PROXY)
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .addInterceptor(OkHttpChecker::direct)
                .build();
    }

    private static Response direct(Interceptor.Chain chain) throws IOException {
        Target target = chain.request().tag(Target.class);
        if (target == null) {
            throw new IllegalStateException("a check goes to a target");
        }
        return target.direct(chain).proceed(chain.request());
    }

    @Override
    public boolean handles(Protocol protocol) {
        return protocol instanceof Http || protocol instanceof Tcp;
    }

    @Override
    public Cancellable start(CheckTask task, Consumer<CheckResult> done) {
        Target target = targets.of(task.endpoint(), task.security(), false);
        int timeoutMillis =
                (int) Math.min(Integer.MAX_VALUE, Math.max(1, TimeUnit.NANOSECONDS.toMillis(task.timeoutNanos())));
        if (task.protocol() instanceof Http http) {
            return ask(target, task, http, timeoutMillis, done);
        }
        Future<?> connecting = executor.submit(() -> {
            try {
                target.tryConnect(timeoutMillis);
                done.accept(CheckResult.PASSED);
            } catch (IOException | RuntimeException e) {
                done.accept(CheckResult.failed("no connection: " + e.getMessage()));
            }
        });
        return () -> connecting.cancel(true);
    }

    private Cancellable ask(Target target, CheckTask task, Http http, int timeoutMillis, Consumer<CheckResult> done) {
        String host = http.host().isEmpty() ? task.serviceHost() : http.host();
        HttpUrl url = new HttpUrl.Builder()
                .scheme("http")
                .host(task.endpoint().host())
                .port(task.endpoint().port())
                .build()
                .resolve(http.path());
        if (url == null) {
            throw new IllegalArgumentException("path \"" + http.path() + "\" of a check makes no URL");
        }
        boolean hasBody = http.method().startsWith("P");
        Request request = new Request.Builder()
                .url(url)
                .method(http.method(), hasBody ? EMPTY : null)
                .header("host", host)
                .header("user-agent", "inmesh-health-check")
                .tag(Target.class, target)
                .build();
        okhttp3.Call call = client.newCall(request);
        call.timeout().timeout(timeoutMillis, TimeUnit.MILLISECONDS);
        executor.execute(() -> {
            try (Response response = call.execute()) {
                done.accept(resultOf(http, response.code()));
            } catch (IOException | RuntimeException e) {
                done.accept(CheckResult.failed("no answer: " + e.getMessage()));
            }
        });
        return call::cancel;
    }

    private static CheckResult resultOf(Http http, int status) {
        if (StatusRange.contains(http.expected(), status)) {
            return CheckResult.PASSED;
        }
        return new CheckResult(false, !StatusRange.contains(http.counted(), status), "HTTP " + status);
    }

    /** Ends its threads; connections are closed when they have been idle. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
