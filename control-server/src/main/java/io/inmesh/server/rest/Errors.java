package io.inmesh.server.rest;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what is no proper request, and so reaches no route, like everything else: with a {@code Status} that tells nothing of the server. */
final class Errors extends ErrorHandler {

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request, Response response, int code, String message, Throwable cause, Callback callback)
            throws IOException {
        String text = HttpStatus.getMessage(code);
        response.setStatus(code);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        SecurityHeaders.put(request, response.getHeaders());
        byte[] body = Exchange.JSON.writeValueAsBytes(new HttpProblem(code, text.replace(" ", ""), text).body());
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
