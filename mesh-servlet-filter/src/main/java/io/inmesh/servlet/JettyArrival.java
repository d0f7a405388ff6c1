package io.inmesh.servlet;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Tells the filter when Jetty had read a request's headers, so that it can refuse what waited too long.
 *
 * <pre>{@code
 * server.setHandler(new JettyArrival(context));
 * }</pre>
 *
 * <p>Over HTTP/2 that includes the wait for a thread. Over HTTP/1.1 the thread that handles a request usually read its headers too, so what
 * it waited before, in the connector's queue, is not seen.
 */
public final class JettyArrival extends Handler.Wrapper {

    /**
     * Makes a handler.
     *
     * @param handler what requests go on to, with the filter inside
     */
    public JettyArrival(Handler handler) {
        super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        request.setAttribute(MeshFilter.ARRIVED, request.getHeadersNanoTime());
        return super.handle(request, response, callback);
    }
}
