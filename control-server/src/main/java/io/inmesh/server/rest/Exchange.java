package io.inmesh.server.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.access.Authenticator.Proof;
import io.inmesh.server.access.Credentials;
import io.inmesh.server.access.Permission;
import io.inmesh.server.access.Principal;
import io.inmesh.server.access.Role;
import io.inmesh.server.rest.Connections.Phase;
import io.inmesh.server.write.Author;
import io.inmesh.server.write.Document;
import io.inmesh.server.write.Documents;
import io.inmesh.server.write.UnreadableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
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

    private static final int MAX_FORM_BYTES = 8 << 10;

    /** As deep as YAML may nest; what is deeper is no resource. */
    private static final int MAX_DEPTH = 100;

    static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build());

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Consumer<Phase> phases;
    private final Fields query;
    private Principal principal = Principal.NOBODY;
    private @Nullable String csrf;
    private @Nullable Demands demands;

    /** Asks whether the caller may do something. */
    interface Demands {
        /**
         * Asks.
         *
         * @throws HttpProblem if it may not
         */
        void check(Permission permission) throws HttpProblem;
    }

    Exchange(Request request, Response response, Callback callback, Consumer<Phase> phases) {
        this.phases = phases;
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.query = Request.extractQueryParameters(request);
    }

    /** Remembers who makes the request, and how to ask what that one may do. */
    void admitted(Proof proof, Demands asked) {
        principal = proof.principal();
        csrf = proof.csrf();
        demands = asked;
    }

    /** {@return who makes the request} */
    Principal principal() {
        return principal;
    }

    /** {@return the caller as the author of a change} */
    Author author() {
        return new Author(
                principal.id(),
                Map.of("proof", principal.proof(), "address", address().getHostAddress()));
    }

    /** {@return what a page has to send with changes; null if the caller is no page} */
    @Nullable
    String csrf() {
        return csrf;
    }

    /**
     * Goes on only if the caller may do something.
     *
     * @throws HttpProblem if it may not; the answer to give
     */
    void demand(Permission permission) throws HttpProblem {
        if (demands == null) {
            throw HttpProblem.unauthorized();
        }
        demands.check(permission);
    }

    /**
     * {@return the namespace of the query that the caller may look at; empty for all of them}
     *
     * @throws HttpProblem if it may not
     */
    String viewedNamespace() throws HttpProblem {
        String asked = parameter("namespace");
        String namespace = asked == null ? "" : asked;
        demand(new Permission(Role.VIEWER, namespace, "get", null, Request.getPathInContext(request)));
        return namespace;
    }

    /** {@return the network address the request comes from} */
    InetAddress address() {
        SocketAddress remote = request.getConnectionMetaData().getRemoteSocketAddress();
        return remote instanceof InetSocketAddress internet ? internet.getAddress() : InetAddress.getLoopbackAddress();
    }

    /** {@return what the request brings to prove who makes it} */
    Credentials credentials() {
        Object tls = request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE);
        X509Certificate[] chain = tls instanceof EndPoint.SslSessionData session ? session.peerCertificates() : null;
        List<String> sessions = Request.getCookies(request).stream()
                .filter(cookie -> cookie.getName().equals(sessionCookie()))
                .map(HttpCookie::getValue)
                .toList();
        return new Credentials(
                address(),
                chain == null ? List.of() : List.of(chain),
                request.getHeaders().get(HttpHeader.AUTHORIZATION),
                // Two cookies of one name: one of them is not from this server.
                sessions.isEmpty() ? null : sessions.size() == 1 ? sessions.get(0) : "");
    }

    /** {@return the name of the session cookie; over TLS one that browsers keep to this very host} */
    String sessionCookie() {
        return cookieName("inmesh-session");
    }

    /** Sets the session cookie; an empty value removes it. It has no age: it goes when the browser does. */
    void cookie(String value) {
        setCookie(sessionCookie(), value, "SameSite=Strict" + (value.isEmpty() ? "; Max-Age=0" : ""));
    }

    /** {@return the name of a cookie of this server; over TLS one that browsers keep to this very host} */
    String cookieName(String name) {
        return request.isSecure() ? "__Host-" + name : name;
    }

    /** {@return the value of a cookie; null if there is none, or more than one, of which one is not from this server} */
    @Nullable
    String cookieValue(String name) {
        List<String> values = Request.getCookies(request).stream()
                .filter(cookie -> cookie.getName().equals(name))
                .map(HttpCookie::getValue)
                .toList();
        return values.size() == 1 ? values.get(0) : null;
    }

    /** Sets a cookie that no script can read. */
    void setCookie(String name, String value, String more) {
        response.getHeaders().add(HttpHeader.SET_COOKIE, name + "=" + value + "; Path=/; HttpOnly; Secure; " + more);
    }

    /** {@return how browsers call this server: scheme, name and port} */
    String origin() {
        return (request.isSecure() ? "https://" : "http://") + header(HttpHeader.HOST);
    }

    /** Sends the browser elsewhere, by GET. */
    void seeOther(String location) {
        file(303, Map.of("Location", location, "Content-Type", "text/plain"), new byte[0]);
    }

    /** For logs: method and path, without the query, which may hold anything. */
    @Override
    public String toString() {
        return method() + " " + Request.getPathInContext(request);
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

    /**
     * {@return whether nothing is to be changed, as Kubernetes says it: {@code dryRun=All}}
     *
     * @throws HttpProblem if it says something else
     */
    boolean dryRun() throws HttpProblem {
        String said = parameter("dryRun");
        if (said != null && !said.equals("All")) {
            throw HttpProblem.badRequest("dryRun can only be All, not \"" + said + "\"");
        }
        return said != null;
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
        return body(MAX_BODY_BYTES);
    }

    private String body(int most) throws IOException, HttpProblem {
        try {
            // What would be replaced by question marks would be stored as if its sender had meant that.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(most)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw HttpProblem.badRequest("the body is no UTF-8 text; send it in UTF-8");
        }
    }

    /** {@return the body, which is small, such as anybody may send} */
    byte[] smallBody() throws IOException, HttpProblem {
        return bytes(MAX_FORM_BYTES);
    }

    private byte[] bytes(int most) throws IOException, HttpProblem {
        return RequestBody.read(request, most, phases);
    }

    /** {@return the body, which is a small JSON object, such as anybody may send} */
    ObjectNode form() throws IOException, HttpProblem {
        try {
            if (JSON.readTree(body(MAX_FORM_BYTES)) instanceof ObjectNode form) {
                return form;
            }
        } catch (JsonProcessingException e) {
            throw HttpProblem.badRequest("the body is not valid JSON: " + e.getOriginalMessage());
        }
        throw HttpProblem.badRequest("the body has to be a JSON object");
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

    /** Adds a warning (RFC 9111 5.5: code 299, no agent), as kubectl prints them. */
    void warn(String text) {
        String safe = text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("[^\\x20-\\x7E]", "?");
        response.getHeaders().add("Warning", "299 - \"" + safe + "\"");
    }

    /** Answers with what went wrong. */
    void problem(HttpProblem problem) throws IOException {
        problem.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        json(problem.status(), problem.body());
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

    /** Answers with headers that take the place of those that data is sent with. */
    void file(int status, Map<String, String> headers, byte[] body) {
        response.setStatus(status);
        SecurityHeaders.put(request, response.getHeaders());
        headers.forEach((name, value) -> response.getHeaders().put(name, value));
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    private void head(int status, String contentType) {
        UnreadBody.tell(request, response);
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        SecurityHeaders.put(request, response.getHeaders());
    }

    /** Begins an answer that is written line by line until {@link #end}; its head is sent at once. */
    void begin(String contentType) throws IOException {
        phases.accept(Phase.WATCH);
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
