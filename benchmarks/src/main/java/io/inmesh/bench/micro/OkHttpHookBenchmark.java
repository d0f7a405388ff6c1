package io.inmesh.bench.micro;

import io.inmesh.Mesh;
import io.inmesh.config.LoadBalancer;
import io.inmesh.okhttp.MeshOkHttp;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A whole OkHttp call whose last interceptor answers by itself. What {@link #meshed} costs beyond {@link #bare} is the hook: its decision,
 * its accounting and everything it makes OkHttp do.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OkHttpHookBenchmark {

    private static final int ENDPOINTS = 100;

    private final Request request = new Request.Builder()
            .url("http://" + Scenes.AUTHORITY + "/reviews/0")
            .build();
    private final Mesh mesh = Mesh.builder().build();
    private OkHttpClient bare = new OkHttpClient();
    private OkHttpClient meshed = bare;

    /** Builds both clients. */
    @Setup
    public void open() {
        mesh.apply(Scenes.endpoints(ENDPOINTS, LoadBalancer.LEAST_REQUEST));
        OkHttpClient client = new OkHttpClient();
        bare = client.newBuilder().addInterceptor(OkHttpHookBenchmark::answer).build();
        meshed = MeshOkHttp.wrap(client, mesh)
                .newBuilder()
                .addInterceptor(OkHttpHookBenchmark::answer)
                .build();
    }

    /** Releases the mesh. */
    @TearDown
    public void close() {
        mesh.close();
    }

    /** Measures a call without the mesh. */
    @Benchmark
    public int bare() throws IOException {
        return call(bare);
    }

    /** Measures a call through the mesh. */
    @Benchmark
    public int meshed() throws IOException {
        return call(meshed);
    }

    private int call(OkHttpClient client) throws IOException {
        try (Response response = client.newCall(request).execute()) {
            return response.code();
        }
    }

    private static Response answer(Interceptor.Chain chain) {
        return new Response.Builder()
                .request(chain.request())
                .protocol(Protocol.HTTP_1_1)
                .code(200)
                .message("OK")
                .body(ResponseBody.EMPTY)
                .build();
    }
}
