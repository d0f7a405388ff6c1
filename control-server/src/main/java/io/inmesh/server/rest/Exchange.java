package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** One HTTP request and its answer. */
final class Exchange {

    /** Largest body taken. */
    static final int MAX_BODY_BYTES = 1 << 20;

    static final ObjectMapper JSON = new ObjectMapper();

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Fields query;

    Exchange(Request request, Response response, Callback callback) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.query = Request.extractQueryParameters(request);
    }

    String method() {
        return request.getMethod();
    }

    List<String> path() {
        String path = Request.getPathInContext(request);
        return List.of(path.substring(1).split("/", -1));
    }

    String header(HttpHeader name) {
        String value = request.getHeaders().get(name);
        return value == null ? "" : value;
    }

    @Nullable
    String parameter(String name) {
        return query.getValue(name);
    }

    boolean flag(String name) {
        String value = parameter(name);
        return value != null && !value.isEmpty() && !value.equals("false");
    }

    /** {@return the body as text} */
    String body() throws IOException, HttpProblem {
        long announced = request.getLength();
        if (announced > MAX_BODY_BYTES) {
            throw tooLarge();
        }
        try (InputStream in = Content.Source.asInputStream(request)) {
            byte[] bytes = in.readNBytes(MAX_BODY_BYTES + 1);
            if (bytes.length > MAX_BODY_BYTES) {
                throw tooLarge();
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static HttpProblem tooLarge() {
        return new HttpProblem(
                413,
                "RequestEntityTooLarge",
                "the body is larger than " + MAX_BODY_BYTES + " bytes; apply it in parts",
                null);
    }

    void warn(String text) {
        // RFC 9111 5.5 as Kubernetes uses it: code 299, no agent.
        String safe = text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("[^\\x20-\\x7E]", "?");
        response.getHeaders().add("Warning", "299 - \"" + safe + "\"");
    }

    void json(int status, JsonNode body) throws IOException {
        send(status, "application/json", JSON.writeValueAsBytes(body));
    }

    void text(int status, String contentType, String text) {
        send(status, contentType, text.getBytes(StandardCharsets.UTF_8));
    }

    void send(int status, String contentType, byte[] body) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.getHeaders().put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        response.getHeaders().put("Cache-Control", "no-store");
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    /** Begins an answer that is written line by line until {@link #end}. */
    void begin(String contentType) {
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
    }

    /** Writes one line and waits until it is on its way. */
    void line(JsonNode line) throws IOException {
        byte[] bytes = (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
        try (var blocker = org.eclipse.jetty.util.Blocker.callback()) {
            response.write(false, ByteBuffer.wrap(bytes), blocker);
            blocker.block();
        }
    }

    void end() {
        response.write(true, ByteBuffer.allocate(0), callback);
    }

    void fail(Throwable failure) {
        callback.failed(failure);
    }
}
