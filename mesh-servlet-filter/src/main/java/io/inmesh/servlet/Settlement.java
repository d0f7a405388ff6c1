package io.inmesh.servlet;

import io.inmesh.call.Outcome;
import io.inmesh.inbound.Admission;
import io.inmesh.load.LoadHeaders;
import io.inmesh.load.OrcaText;
import io.inmesh.load.ServerLoad;
import io.inmesh.observe.InboundObserver;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An admitted request on its way to its real end, which it tells the mesh once.
 *
 * <p>The end of an asynchronous request is its completion. A timeout or an error is not: the application's own listeners may still turn
 * it into any answer (Servlet 6.0, section 2.3.3.3), and the container completes the request after them.
 */
final class Settlement implements AsyncListener {

    private final Admission admission;
    private final HttpServletResponse response;
    private final AtomicInteger inFlight;
    private final AtomicBoolean ended = new AtomicBoolean();
    // Set when an answer that the client had begun to read could not be finished.
    private volatile boolean broken;

    Settlement(Admission admission, HttpServletResponse response, AtomicInteger inFlight) {
        this.admission = admission;
        this.response = response;
        this.inFlight = inFlight;
        inFlight.incrementAndGet();
    }

    /** Has the application work on the request for the first time. */
    void first(HttpServletRequest request, FilterChain chain) throws IOException, ServletException {
        // Now, since the application may send the headers at any moment; and once more if it has not by the time it is
        // done.
        sayLoad();
        work(request, response, chain);
        if (!request.isAsyncStarted()) {
            sayLoad();
            endWithStatus();
            return;
        }
        try {
            request.getAsyncContext().addListener(this, request, response);
        } catch (IllegalStateException completedAlready) {
            endWithStatus();
        }
    }

    /** {@return a request as the application sees it} */
    HttpServletRequest shown(HttpServletRequest request) {
        return ShownRequest.of(request, admission.edits());
    }

    private void sayLoad() {
        ServerLoad load = admission.loadReport();
        if (load != null && !response.isCommitted()) {
            response.setHeader(LoadHeaders.TEXT, OrcaText.write(load));
        }
    }

    /** Has the application work on the request again after an asynchronous dispatch; the listener hears the end. */
    void again(HttpServletRequest request, HttpServletResponse dispatched, FilterChain chain)
            throws IOException, ServletException {
        work(request, dispatched, chain);
    }

    private void work(HttpServletRequest request, HttpServletResponse shown, FilterChain chain)
            throws IOException, ServletException {
        try (InboundObserver.Scope ignored = admission.enter()) {
            chain.doFilter(shown(request), shown);
        } catch (Throwable failure) {
            // Whatever it is, including what the compiler thinks cannot be thrown: the request is over.
            end(Failures.outcome(failure));
            throw failure;
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        if (broken) {
            end(Outcome.Response.http(HttpServletResponse.SC_INTERNAL_SERVER_ERROR));
        } else {
            endWithStatus();
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        // The application may still answer; completion says what it did, or that the container gave up with a 500.
    }

    @Override
    public void onError(AsyncEvent event) {
        // What the application throws passes the filter, so what is heard of input and output here is the client's
        // doing.
        if (event.getThrowable() instanceof IOException) {
            end(Outcome.Cancelled.INSTANCE);
        } else if (response.isCommitted()) {
            broken = true;
        }
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // A new cycle forgets the listeners of the last one (Servlet 6.0, AsyncContext.addListener).
        event.getAsyncContext().addListener(this);
    }

    private void endWithStatus() {
        end(Outcome.Response.http(response.getStatus()));
    }

    private void end(Outcome outcome) {
        if (ended.compareAndSet(false, true)) {
            inFlight.decrementAndGet();
            admission.settle(outcome);
        }
    }
}
