package io.inmesh.server.rest;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** The body of a request that is answered without it. */
final class UnreadBody {

    private UnreadBody() {}

    /**
     * Passes over what of it is here. If it is not all here the answer ends the connection, and says so: whoever asks could send another
     * request on it otherwise, which nobody would answer (RFC 9112, 9.6). To be called before an answer is begun.
     */
    static void tell(Request request, Response response) {
        if (!request.consumeAvailable()) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
    }
}
