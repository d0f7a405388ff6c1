package io.inmesh.server.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.write.Document;
import io.inmesh.server.write.Documents;
import io.inmesh.server.write.UnreadableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
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
        return header(name.asString());
    }

    String header(String name) {
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

    long number(String name, long absent) throws HttpProblem {
        String text = parameter(name);
        return text == null || text.isEmpty() ? absent : number(name, text);
    }

    static long number(String name, String text) throws HttpProblem {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw HttpProblem.badRequest(name + " must be a number, not \"" + text + "\"");
        }
    }

    boolean wantsTable() {
        return header(HttpHeader.ACCEPT).contains("as=Table");
    }

    /** {@return whether the server still runs; long answers end with it} */
    boolean running() {
        return request.getConnectionMetaData().getConnector().isRunning();
    }

    /** {@return the body as text} */
    String body() throws IOException, HttpProblem {
        if (request.getLength() > MAX_BODY_BYTES) {
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

    /** {@return the one object of the body; an empty one if there is no body} */
    ObjectNode object() throws IOException, HttpProblem {
        String text = body();
        if (text.isBlank()) {
            return JSON.createObjectNode();
        }
        try {
            List<Document> documents = Documents.read(text);
            if (documents.size() != 1) {
                throw HttpProblem.badRequest("one resource is expected, not " + documents.size());
            }
            return documents.get(0).body();
        } catch (UnreadableException e) {
            throw HttpProblem.badRequest(e.getMessage());
        }
    }

    /** {@return the list of the body, which is JSON} */
    ArrayNode array() throws IOException, HttpProblem {
        try {
            if (JSON.readTree(body()) instanceof ArrayNode array) {
                return array;
            }
        } catch (JsonProcessingException e) {
            throw HttpProblem.badRequest("the body is not valid JSON: " + e.getOriginalMessage());
        }
        throw HttpProblem.badRequest("the body has to be a list of steps");
    }

    private static HttpProblem tooLarge() {
        return new HttpProblem(
                413,
                "RequestEntityTooLarge",
                "the body is larger than " + MAX_BODY_BYTES + " bytes; apply it in parts");
    }

    /** Adds a warning (RFC 9111 5.5: code 299, no agent), as kubectl prints them. */
    void warn(String text) {
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
        head(status, contentType);
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    private void head(int status, String contentType) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.getHeaders().put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    }

    /** Begins an answer that is written line by line until {@link #end}; its head is sent at once. */
    void begin(String contentType) throws IOException {
        head(200, contentType);
        write(new byte[0]);
    }

    /** Writes one line and waits until it is on its way. */
    void line(JsonNode line) throws IOException {
        write((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void write(byte[] bytes) throws IOException {
        try (Blocker.Callback blocker = Blocker.callback()) {
            response.write(false, ByteBuffer.wrap(bytes), blocker);
            blocker.block();
        }
    }

    void end() {
        response.write(true, ByteBuffer.allocate(0), callback);
    }

    boolean begun() {
        return response.isCommitted();
    }

    int status() {
        return response.getStatus();
    }

    void fail(Throwable failure) {
        callback.failed(failure);
    }
}
