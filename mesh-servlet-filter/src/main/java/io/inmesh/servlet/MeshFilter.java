package io.inmesh.servlet;

import io.inmesh.Mesh;
import io.inmesh.call.Outcome;
import io.inmesh.call.RequestEdits;
import io.inmesh.identity.SpiffeId;
import io.inmesh.inbound.Admission;
import io.inmesh.load.LoadHeaders;
import io.inmesh.load.OrcaText;
import io.inmesh.load.ServerLoad;
import io.inmesh.token.VerifiedToken;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Puts the mesh in front of a servlet application.
 *
 * <pre>{@code
 * context.addFilter(new MeshFilter(mesh), "/*", EnumSet.allOf(DispatcherType.class));
 * }</pre>
 *
 * <p>Register it first, for all dispatcher types and with asynchronous support. Requests are authorized by the mesh's policies
 * before anything else sees them, and counted at their real end: for an asynchronous request that is its completion, not the return
 * of the method that started it. An exception that leaves the application counts as the 500 the container makes of it, and a client
 * that went away as cancelled. A caller that asks how loaded this process is learns it on the response. The peer's identity is the request attribute {@link #PEER}; headers that claim one are hidden.
 *
 * <p>Under overload it sheds load by what is in flight. How long a request waited for a thread before the filter is not known to servlets;
 * where whoever is in front of them records {@link #ARRIVED}, as {@link JettyArrival} does, it sheds by that wait as well. Requests
 * are met in the container's order: serving the newest first is out of a filter's reach. An answer that streams for as long as it
 * likes is a request in flight all that time.
 */
public final class MeshFilter implements Filter {

    /** Request attribute with the {@link SpiffeId} the caller proved; absent without mTLS. */
    public static final String PEER = "io.inmesh.peer";

    /** Request attribute with the {@link VerifiedToken} of the request; absent without one, and where no tokens are asked for. */
    public static final String TOKEN = "io.inmesh.token";

    /**
     * Request attribute with the {@link System#nanoTime} at which the request was there, a {@link Long}, set by whoever knows: time
     * from then to the filter is time spent waiting for a thread.
     */
    public static final String ARRIVED = "io.inmesh.arrived";

    /** Request attribute of admitted requests, whose later dispatches are not judged or counted again. */
    private static final String SETTLEMENT = MeshFilter.class.getName() + ".settlement";

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
        Settlement known = (Settlement) http.getAttribute(SETTLEMENT);
        if (known != null && http.getDispatcherType() == DispatcherType.ASYNC) {
            known.again(http, answer, chain);
        } else if (known != null || http.getDispatcherType() == DispatcherType.ERROR) {
            // Inside work that is counted already, or the container's page about a request that never got this far.
            chain.doFilter(known == null ? ShownRequest.of(http, RequestEdits.NONE) : known.shown(http), answer);
        } else {
            judge(http, answer, chain);
        }
    }

    private void judge(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        ServletCall call = new ServletCall(request, response, mesh.identity());
        if (call.proof().ends(mesh.clock().nanos()) && request.getProtocol().startsWith("HTTP/1")) {
            // HTTP/2 has no such header (RFC 9113, 8.2.2); its connections end by GOAWAY.
            response.setHeader("Connection", "close");
        }
        ServerLoad asked = mesh.answerProbe(call);
        if (asked != null) {
            response.setHeader(LoadHeaders.TEXT, OrcaText.write(asked));
            return;
        }
        Admission admission = mesh.inbound(call);
        if (admission.pending() && !decided(admission)) {
            Refusal.write(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "mesh: interrupted");
            return;
        }
        if (!admission.admitted()) {
            Refusal.write(response, admission.rejection());
            return;
        }
        String ambiguity = call.ambiguity(admission.canonicalPath());
        if (ambiguity != null) {
            admission.settle(Outcome.Response.http(HttpServletResponse.SC_BAD_REQUEST));
            Refusal.write(response, HttpServletResponse.SC_BAD_REQUEST, ambiguity);
            return;
        }
        SpiffeId peer = call.peer();
        if (peer != null) {
            request.setAttribute(PEER, peer);
        }
        VerifiedToken token = admission.token();
        if (token != null) {
            request.setAttribute(TOKEN, token);
        }
        admission.answerHeaders().forEach(header -> response.addHeader(header.getKey(), header.getValue()));
        Settlement settlement = new Settlement(admission, response, inFlight);
        request.setAttribute(SETTLEMENT, settlement);
        settlement.first(request, chain);
    }

    /** Waits for an external authorizer, whose answer the mesh waits for no longer than its timeout. {@return whether it is decided} */
    private static boolean decided(Admission admission) {
        CountDownLatch decided = new CountDownLatch(1);
        admission.whenDecided(decided::countDown);
        try {
            decided.await();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            admission.settle(Outcome.Cancelled.INSTANCE);
            return false;
        }
    }
}
