package io.inmesh.servlet;

import io.inmesh.Mesh;
import io.inmesh.call.Outcome;
import io.inmesh.identity.SpiffeId;
import io.inmesh.inbound.Admission;
import io.inmesh.observe.InboundObserver;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the mesh in front of a servlet application.
 *
 * <pre>{@code
 * context.addFilter(new MeshFilter(mesh), "/*", EnumSet.allOf(DispatcherType.class));
 * }</pre>
 *
 * <p>Register it first and with asynchronous support. Requests are authorized by the mesh's policies before anything else sees
 * them, and counted at their real end: for an asynchronous request that is its completion, not the return of the method that
 * started it. The peer's identity is the request attribute {@link #PEER}; headers that claim one are hidden.
 */
public final class MeshFilter implements Filter {

    /** Request attribute with the {@link SpiffeId} the caller proved; absent without mTLS. */
    public static final String PEER = "io.inmesh.peer";

    private static final Logger LOG = LoggerFactory.getLogger(MeshFilter.class);

    /** Marks requests that were admitted, so that their later dispatches are not judged or counted again. */
    private static final String ADMITTED = MeshFilter.class.getName() + ".admitted";

    private final Mesh mesh;
    private final AtomicInteger inFlight = new AtomicInteger();

    /**
     * Makes a filter.
     *
     * @param mesh the mesh of this process
     */
    public MeshFilter(Mesh mesh) {
        this.mesh = mesh;
    }

    /** {@return requests admitted and not yet ended; a graceful stop waits for 0} */
    public int inFlight() {
        return inFlight.get();
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            throw new ServletException("the mesh knows HTTP requests only");
        }
        if (http.getDispatcherType() != DispatcherType.REQUEST || http.getAttribute(ADMITTED) != null) {
            chain.doFilter(request, response);
            return;
        }
        ServletCall call = new ServletCall(http);
        if (call.ambiguous()) {
            refuse(answer, HttpServletResponse.SC_BAD_REQUEST, "the request is ambiguous");
            return;
        }
        Admission admission = mesh.inbound(call);
        if (!admission.admitted()) {
            refuse(answer, admission.rejection());
            return;
        }
        if (!sameView(http, admission.canonicalPath())) {
            admission.settle(Outcome.Response.http(HttpServletResponse.SC_BAD_REQUEST));
            refuse(answer, HttpServletResponse.SC_BAD_REQUEST, "the path is ambiguous");
            return;
        }
        http.setAttribute(ADMITTED, Boolean.TRUE);
        SpiffeId peer = call.peer();
        if (peer != null) {
            http.setAttribute(PEER, peer);
        }
        admitted(new Settlement(admission), http, answer, chain);
    }

    private void admitted(
            Settlement settlement, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest shown = HiddenHeaders.of(request);
        try (InboundObserver.Scope ignored = settlement.enter()) {
            chain.doFilter(shown, response);
        } catch (IOException | ServletException | RuntimeException | Error failure) {
            // The container turns what the application throws into a 500.
            settlement.end(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            throw failure;
        }
        if (request.isAsyncStarted()) {
            request.getAsyncContext().addListener(new AsyncEnd(settlement), request, response);
        } else {
            settlement.end(response.getStatus());
        }
    }

    /**
     * Whether the application will see the path that was judged. Containers strip parameters and decode by rules of their own;
     * where the two views differ, a policy could be walked around.
     */
    private static boolean sameView(HttpServletRequest request, String canonicalPath) {
        String info = request.getPathInfo();
        String context = request.getContextPath();
        String seen = context + request.getServletPath() + (info == null ? "" : info);
        return seen.isEmpty() ? canonicalPath.equals("/") : seen.equals(canonicalPath);
    }

    private static void refuse(HttpServletResponse response, Outcome outcome) throws IOException {
        if (outcome instanceof Outcome.LocalReply reply) {
            refuse(response, reply.httpStatus(), String.valueOf(reply.body()));
            return;
        }
        Outcome.Rejection rejection = (Outcome.Rejection) outcome;
        LOG.debug("refused: {}", rejection.message());
        // The policy that decided is for the log; the caller learns no more than the reason.
        refuse(
                response,
                rejection.httpStatus(),
                "mesh: " + rejection.reason().name().toLowerCase(java.util.Locale.ROOT));
    }

    private static void refuse(HttpServletResponse response, int status, String text) throws IOException {
        response.setStatus(status);
        response.setContentType("text/plain;charset=utf-8");
        response.getWriter().println(text);
    }

    /** Tells the mesh the end of a request, once. */
    private final class Settlement {
        private final Admission admission;
        private final java.util.concurrent.atomic.AtomicBoolean ended = new java.util.concurrent.atomic.AtomicBoolean();

        Settlement(Admission admission) {
            this.admission = admission;
            inFlight.incrementAndGet();
        }

        InboundObserver.Scope enter() {
            return admission.enter();
        }

        void end(int status) {
            end(Outcome.Response.http(status));
        }

        void end(Outcome outcome) {
            if (ended.compareAndSet(false, true)) {
                inFlight.decrementAndGet();
                admission.settle(outcome);
            }
        }
    }

    /** Hears the real end of an asynchronous request. */
    private static final class AsyncEnd implements AsyncListener {
        private final Settlement settlement;

        AsyncEnd(Settlement settlement) {
            this.settlement = settlement;
        }

        @Override
        public void onComplete(AsyncEvent event) {
            ServletResponse response = event.getSuppliedResponse();
            settlement.end(response instanceof HttpServletResponse http ? http.getStatus() : 200);
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            settlement.end(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        }

        @Override
        public void onError(AsyncEvent event) {
            Throwable failure = event.getThrowable();
            settlement.end(
                    failure instanceof IOException
                            ? Outcome.Cancelled.INSTANCE
                            : Outcome.Response.http(HttpServletResponse.SC_INTERNAL_SERVER_ERROR));
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // A new cycle forgets the listeners of the last one (Servlet 6.0, AsyncContext.addListener).
            event.getAsyncContext().addListener(this, event.getSuppliedRequest(), event.getSuppliedResponse());
        }
    }
}
