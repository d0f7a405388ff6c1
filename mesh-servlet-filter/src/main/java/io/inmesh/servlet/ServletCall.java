package io.inmesh.servlet;

import io.inmesh.authz.CanonicalPath;
import io.inmesh.call.InboundCall;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.PeerProof;
import io.inmesh.identity.SpiffeId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A view over a servlet request. */
final class ServletCall implements InboundCall {

    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

    private static final int MAX_DIGITS = 18;

    /** Headers of which a request must not have two, since who reads the first and who reads the last would disagree. */
    private static final List<String> SINGLE = List.of("Host", "Content-Length", "Authorization");

    /** What cannot be a host name: IPv6 has colons, and no top-level domain is a number. */
    private static final Pattern LITERAL =
            Pattern.compile("[0-9]+(\\.[0-9]+){3}|\\[?[0-9a-fA-F]*:[0-9a-fA-F:.]*(%[^\\]]*)?\\]?");

    private final HttpServletRequest request;
    private final @Nullable HttpServletResponse response;
    private final PeerProof proof;

    ServletCall(HttpServletRequest request, IdentityHolder identity) {
        this(request, null, identity);
    }

    /** Makes a view; the response tells how much was answered. */
    ServletCall(HttpServletRequest request, @Nullable HttpServletResponse response, IdentityHolder identity) {
        this.request = request;
        this.response = response;
        this.proof = request.getAttribute(CERTIFICATES) instanceof Certificate[] chain
                ? identity.peer(chain)
                : PeerProof.NONE;
    }

    /** {@return what the peer has proved, judged by the trust of now} */
    PeerProof proof() {
        return proof;
    }

    /**
     * {@return why policies and application may understand this request differently, null if they do not}
     *
     * @param canonicalPath the path that policies were tested on
     */
    @Nullable
    String ambiguity(String canonicalPath) {
        for (String name : SINGLE) {
            if (several(request.getHeaders(name))) {
                return "more than one " + name + " header";
            }
        }
        return seesPath(canonicalPath) ? null : "the path is ambiguous";
    }

    private static boolean several(@Nullable Enumeration<String> values) {
        if (values == null || !values.hasMoreElements()) {
            return false;
        }
        values.nextElement();
        return values.hasMoreElements();
    }

    /**
     * Whether the application will see the path that was judged. Containers strip parameters and decode by rules of their own;
     * where the two views differ, a policy could be walked around.
     */
    private boolean seesPath(String canonicalPath) {
        String inContext = pathInContext();
        if (inContext == null) {
            return false;
        }
        String context = request.getContextPath();
        // The one part that containers hand out as it was received.
        String seen = context.isEmpty() ? inContext : CanonicalPath.of(context).path() + inContext;
        return seen.equals(canonicalPath)
                || (seen.isEmpty() && canonicalPath.equals("/"))
                || showsWelcomeFile(canonicalPath, seen);
    }

    /** The path without the context, null if the container will not say: Jetty throws where it took a path that it finds ambiguous. */
    private @Nullable String pathInContext() {
        try {
            String info = request.getPathInfo();
            return info == null ? request.getServletPath() : request.getServletPath() + info;
        } catch (RuntimeException ambiguous) {
            return null;
        }
    }

    /**
     * Whether the difference is a welcome file, which Tomcat appends before filters run. That is a choice of the application, not of
     * the client, so policies about a directory are about its welcome file too.
     */
    private boolean showsWelcomeFile(String canonicalPath, String seen) {
        return request.getRequestURI().endsWith("/")
                && canonicalPath.endsWith("/")
                && seen.startsWith(canonicalPath)
                && seen.indexOf('/', canonicalPath.length()) < 0;
    }

    @Override
    public @Nullable SpiffeId peer() {
        return proof.id();
    }

    @Override
    public @Nullable String peerRefusal() {
        return proof.refusal();
    }

    @Override
    public @Nullable String wireProtocol() {
        String protocol = request.getProtocol();
        // As Envoy writes it.
        return "HTTP/2.0".equals(protocol) ? "HTTP/2" : protocol;
    }

    @Override
    public boolean secure() {
        return request.isSecure();
    }

    @Override
    public @Nullable InetAddress peerAddress() {
        return address(request.getRemoteAddr());
    }

    @Override
    public @Nullable InetAddress localAddress() {
        return address(request.getLocalAddr());
    }

    /** A name is not looked up but left out: whoever chose it would choose the answer too. */
    private static @Nullable InetAddress address(@Nullable String literal) {
        if (literal == null || !LITERAL.matcher(literal).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException notAnAddress) {
            return null;
        }
    }

    @Override
    public int localPort() {
        return request.getLocalPort();
    }

    @Override
    public long arrivedNanos() {
        return request.getAttribute(MeshFilter.ARRIVED) instanceof Long nanos ? nanos : ARRIVAL_UNKNOWN;
    }

    @Override
    public Protocol protocol() {
        return Protocol.HTTP;
    }

    @Override
    public String host() {
        String name = request.getServerName();
        return name == null ? "" : name.toLowerCase(Locale.ROOT);
    }

    @Override
    public int port() {
        return request.getServerPort();
    }

    @Override
    public String scheme() {
        return request.getScheme();
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String path() {
        return request.getRequestURI();
    }

    @Override
    public @Nullable String query() {
        return request.getQueryString();
    }

    @Override
    public @Nullable String header(String name) {
        // Most headers that are asked for are not there, which containers can tell without making a list.
        if (request.getHeader(name) == null) {
            return null;
        }
        List<String> values = headerValues(name);
        return values.isEmpty() ? null : values.size() == 1 ? values.get(0) : String.join(",", values);
    }

    @Override
    public List<String> headerValues(String name) {
        Enumeration<String> values = request.getHeaders(name);
        return values == null || !values.hasMoreElements() ? List.of() : Collections.list(values);
    }

    @Override
    public Set<String> headerNames() {
        Set<String> lower = new LinkedHashSet<>();
        Enumeration<String> names = request.getHeaderNames();
        while (names != null && names.hasMoreElements()) {
            lower.add(names.nextElement().toLowerCase(Locale.ROOT));
        }
        return lower;
    }

    /** As announced. A request of HTTP/1 that announces nothing has no body (RFC 9112, 6.3); in HTTP/2 it may have one. */
    @Override
    public long requestBytes() {
        long announced = request.getContentLengthLong();
        boolean none = announced < 0
                && request.getProtocol().startsWith("HTTP/1")
                && request.getHeader("Transfer-Encoding") == null;
        return none ? 0 : announced;
    }

    /** As announced; bodies sent in chunks are of no known size. */
    @Override
    public long responseBytes() {
        String length = response == null ? null : response.getHeader("Content-Length");
        if (length == null || length.isEmpty() || length.length() > MAX_DIGITS) {
            return SIZE_UNKNOWN;
        }
        for (int i = 0; i < length.length(); i++) {
            if (!Character.isDigit(length.charAt(i))) {
                return SIZE_UNKNOWN;
            }
        }
        return Long.parseLong(length);
    }

    @Override
    public boolean replayable() {
        return false;
    }
}
