package io.inmesh.bench.micro;

import io.inmesh.Mesh;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.Condition;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.StringMatch;
import io.inmesh.identity.WorkloadIdentity;
import io.inmesh.servlet.MeshFilter;
import io.inmesh.testkit.TestCa;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The filter in front of an application that does nothing. What the others cost beyond {@link #bare} is the filter. {@link #authorized} is a
 * server under strict mTLS whose caller the last of ten policies allows.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ServletHookBenchmark {

    private static final String PATH = "/reviews/0";
    private static final int POLICIES = 10;

    private final Mesh open = Mesh.of(MeshConfig.EMPTY);
    private final Mesh strict = Mesh.of(strictConfig());
    private final MeshFilter openFilter = new MeshFilter(open);
    private final MeshFilter strictFilter = new MeshFilter(strict);
    private final StubRequest request = new StubRequest(PATH, null);
    private final HttpServletResponse response = new StubResponse();
    private StubRequest proven = request;
    private int answered;
    private final FilterChain application = (seen, answer) -> answered++;

    /** Makes the caller's certificate. */
    @Setup
    public void prove() {
        WorkloadIdentity caller = TestCa.root("inmesh.local").issue("default", "caller-9");
        proven = new StubRequest(PATH, caller.chain().toArray(X509Certificate[]::new));
    }

    /** Releases both meshes. */
    @TearDown
    public void close() {
        open.close();
        strict.close();
    }

    /** Measures the application without the filter. */
    @Benchmark
    public int bare() throws IOException, ServletException {
        request.recycle();
        application.doFilter(request, response);
        return answered;
    }

    /** Measures a plaintext request that nothing is asked of. */
    @Benchmark
    public int filtered() throws IOException, ServletException {
        return filtered(openFilter, request);
    }

    /** Measures a request whose caller has to prove who it is and be allowed. */
    @Benchmark
    public int authorized() throws IOException, ServletException {
        return filtered(strictFilter, proven);
    }

    private int filtered(MeshFilter filter, StubRequest next) throws IOException, ServletException {
        int before = answered;
        next.recycle();
        filter.doFilter(next, response, application);
        if (answered == before) {
            throw new IllegalStateException("the filter refused the request");
        }
        return answered;
    }

    private static MeshConfig strictConfig() {
        List<AuthorizationConfig.Policy> policies = new ArrayList<>();
        for (int i = 0; i < POLICIES; i++) {
            policies.add(new AuthorizationConfig.Policy(
                    "ns[default]-policy[caller-" + i + "]-rule[0]",
                    new Condition.All(List.of(
                            new Condition.Principal(
                                    StringMatch.exact("spiffe://inmesh.local/ns/default/sa/caller-" + i)),
                            new Condition.Path(StringMatch.prefix("/reviews/"))))));
        }
        InboundConfig inbound = new InboundConfig(
                InboundConfig.Mtls.STRICT,
                List.of(new AuthorizationConfig(AuthorizationConfig.Action.ALLOW, policies)),
                "PeerAuthentication istio-system/default");
        return MeshConfig.builder().inbound(inbound).build();
    }

    /** A response that was answered 200. */
    private static final class StubResponse extends HttpServletResponseWrapper {
        StubResponse() {
            super((HttpServletResponse) Proxy.newProxyInstance(
                    StubResponse.class.getClassLoader(),
                    new Class<?>[] {HttpServletResponse.class},
                    (proxy, method, arguments) -> {
                        throw new UnsupportedOperationException(method.getName());
                    }));
        }

        @Override
        public int getStatus() {
            return SC_OK;
        }
    }
}
