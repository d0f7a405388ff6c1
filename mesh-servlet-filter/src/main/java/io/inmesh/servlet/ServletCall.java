package io.inmesh.servlet;

import io.inmesh.call.InboundCall;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.SpiffeId;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A view over a servlet request. */
final class ServletCall implements InboundCall {

    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

    /** Headers of which a request must not have two, since who reads the first and who reads the last would disagree. */
    private static final List<String> SINGLE = List.of("Host", "Content-Length", "Authorization");

    private final HttpServletRequest request;
    private final @Nullable SpiffeId peer;

    ServletCall(HttpServletRequest request) {
        this.request = request;
        this.peer = request.getAttribute(CERTIFICATES) instanceof Certificate[] chain
                ? ServerTls.peerOf(chain).orElse(null)
                : null;
    }

    /** {@return whether it has two of a header that must be there once} */
    boolean ambiguous() {
        for (String name : SINGLE) {
            Enumeration<String> values = request.getHeaders(name);
            if (values != null && values.hasMoreElements()) {
                values.nextElement();
                if (values.hasMoreElements()) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public @Nullable SpiffeId peer() {
        return peer;
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

    /** Containers give literal addresses here; a name is not looked up but left out. */
    private static @Nullable InetAddress address(@Nullable String literal) {
        if (literal == null
                || literal.isEmpty()
                || !(Character.digit(literal.charAt(0), 16) >= 0 || literal.indexOf(':') >= 0)) {
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
        List<String> values = headerValues(name);
        return values.isEmpty() ? null : values.size() == 1 ? values.get(0) : String.join(",", values);
    }

    @Override
    public List<String> headerValues(String name) {
        Enumeration<String> values = request.getHeaders(name);
        return values == null ? List.of() : Collections.list(values);
    }

    @Override
    public boolean replayable() {
        return false;
    }
}
