package io.inmesh.okhttp;

import io.inmesh.Mesh;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.config.ExternalProtocol.Http;
import io.inmesh.external.ExternalAnswer;
import io.inmesh.external.ExternalAnswer.Failed;
import io.inmesh.external.ExternalAuthorizer;
import io.inmesh.external.ExternalCheck;
import io.inmesh.external.HttpCheck;
import io.inmesh.external.HttpCheck.Question;
import io.inmesh.time.Scheduler.Cancellable;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Asks external authorizers by HTTP. The question is a call through the mesh: balanced, secured and observed. Redirects are answers, and no
 * cookie, cache or credential of an application has a part in it.
 */
final class HttpAuthorizer implements ExternalAuthorizer {

    /** Checks on their way at once; each takes a thread, and more of them wait for one until they time out. */
    private static final int MOST_AT_ONCE = 256;

    private static final long IDLE_SECONDS = 10;

    /** Of a denial's body; what is longer is cut, since it is held in memory. */
    private static final long MAX_BODY_BYTES = 64 * 1024;

    private static final RequestBody EMPTY = RequestBody.create(new byte[0]);

    private final Mesh mesh;
    private final ThreadPoolExecutor threads;
    private final OkHttpClient client;

    HttpAuthorizer(Mesh mesh) {
        this.mesh = mesh;
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "inmesh-authorizer");
                    thread.setDaemon(true);
                    return thread;
                });
        Dispatcher dispatcher = new Dispatcher(threads);
        dispatcher.setMaxRequests(MOST_AT_ONCE);
        dispatcher.setMaxRequestsPerHost(MOST_AT_ONCE);
        this.client = MeshOkHttp.wrap(
                new OkHttpClient.Builder()
                        .dispatcher(dispatcher)
                        .followRedirects(false)
                        .followSslRedirects(false)
                        // A check as a whole has a time limit.
                        .connectTimeout(Duration.ZERO)
                        .readTimeout(Duration.ZERO)
                        .writeTimeout(Duration.ZERO)
                        .addNetworkInterceptor(HttpAuthorizer::deniedAsAnybody)
                        .build(),
                mesh);
    }

    /** OkHttp takes 407 for a broken connection, and what is broken may let in; it is a denial. */
    private static Response deniedAsAnybody(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        return response.code() == HttpURLConnection.HTTP_PROXY_AUTH
                ? response.newBuilder().code(HttpURLConnection.HTTP_FORBIDDEN).build()
                : response;
    }

    @Override
    public Cancellable ask(ExternalCheck check, Consumer<ExternalAnswer> answer) {
        ExternalAuthorizerConfig whom = check.authorizer();
        Http http = (Http) whom.protocol();
        if (!mesh.knows(whom.host(), whom.port())) {
            // Anybody could answer on a connection that nobody vouches for.
            answer.accept(new Failed("the mesh does not know the service; is it visible to this process?"));
            return () -> {};
        }
        okhttp3.Call call = client.newCall(request(whom, HttpCheck.question(check, http)));
        call.timeout().timeout(whom.timeout().toNanos(), TimeUnit.NANOSECONDS);
        call.enqueue(new Answer(http, answer));
        return call::cancel;
    }

    private static Request request(ExternalAuthorizerConfig whom, Question question) {
        Headers.Builder headers = new Headers.Builder();
        // What a caller put into a header must not be able to make the check impossible.
        question.headers().forEach(headers::addUnsafeNonAscii);
        return new Request.Builder()
                .url(new HttpUrl.Builder()
                        .scheme("http")
                        .host(whom.host())
                        .port(whom.port())
                        .encodedPath(question.path())
                        .encodedQuery(question.query())
                        .build())
                .headers(headers.build())
                .method(question.method(), mayHaveBody(question.method()) ? EMPTY : null)
                .build();
    }

    /** OkHttp's rule. */
    private static boolean mayHaveBody(String method) {
        return !method.equals("GET") && !method.equals("HEAD");
    }

    @Override
    public void close() {
        client.dispatcher().cancelAll();
        threads.shutdownNow();
        client.connectionPool().evictAll();
    }

    private record Answer(Http http, Consumer<ExternalAnswer> told) implements Callback {

        @Override
        public void onResponse(okhttp3.Call call, Response response) {
            ExternalAnswer answer;
            try (response) {
                List<Map.Entry<String, String>> headers = new ArrayList<>();
                response.headers().forEach(header -> headers.add(Map.entry(header.getFirst(), header.getSecond())));
                answer = HttpCheck.answer(http, response.code(), headers, body(response));
            } catch (RuntimeException e) {
                answer = new Failed("its answer could not be read: " + e);
            }
            told.accept(answer);
        }

        /** A denial stands without its body: one that breaks off must not become a failure that lets in. */
        private static String body(Response response) {
            if (response.code() == HttpURLConnection.HTTP_OK) {
                return "";
            }
            try {
                return response.peekBody(MAX_BODY_BYTES).string();
            } catch (IOException brokenOff) {
                return "";
            }
        }

        @Override
        public void onFailure(okhttp3.Call call, IOException e) {
            told.accept(new Failed("HTTP: " + e.getMessage()));
        }
    }
}
