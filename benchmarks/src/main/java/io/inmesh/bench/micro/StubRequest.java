package io.inmesh.bench.micro;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request as a container would show it, without a container. Whatever a filter asks beyond this fails. */
final class StubRequest extends HttpServletRequestWrapper {

    private static final Map<String, List<String>> HEADERS = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    static {
        HEADERS.put("host", List.of("reviews:9080"));
        HEADERS.put("accept", List.of("application/json"));
        HEADERS.put("user-agent", List.of("okhttp/5"));
    }

    private final String path;
    private final Object @Nullable [] certificates;
    private @Nullable Object admitted;
    private @Nullable Object peer;

    /**
     * Makes a request.
     *
     * @param path its path
     * @param certificates chain of the client, null for plaintext
     */
    StubRequest(String path, Object @Nullable [] certificates) {
        super((HttpServletRequest) Proxy.newProxyInstance(
                StubRequest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, args) -> {
                    throw new UnsupportedOperationException(method.getName());
                }));
        this.path = path;
        this.certificates = certificates;
    }

    /** Forgets what the last filter left, as a container does for the next request. */
    void recycle() {
        admitted = null;
        peer = null;
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        if (name.endsWith(".X509Certificate")) {
            return certificates;
        }
        return name.endsWith(".admitted") ? admitted : name.endsWith(".peer") ? peer : null;
    }

    @Override
    public void setAttribute(String name, Object value) {
        if (name.endsWith(".admitted")) {
            admitted = value;
        } else {
            peer = value;
        }
    }

    @Override
    public DispatcherType getDispatcherType() {
        return DispatcherType.REQUEST;
    }

    @Override
    public @Nullable String getHeader(String name) {
        List<String> values = HEADERS.get(name);
        return values == null ? null : values.get(0);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        List<String> values = HEADERS.get(name);
        return values == null ? Collections.emptyEnumeration() : Collections.enumeration(values);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        return Collections.enumeration(HEADERS.keySet());
    }

    @Override
    public String getMethod() {
        return "GET";
    }

    @Override
    public String getScheme() {
        return isSecure() ? "https" : "http";
    }

    @Override
    public boolean isSecure() {
        return certificates != null;
    }

    @Override
    public String getServerName() {
        return "reviews";
    }

    @Override
    public int getServerPort() {
        return 9080;
    }

    @Override
    public int getLocalPort() {
        return 9080;
    }

    @Override
    public String getLocalAddr() {
        return "10.0.0.2";
    }

    @Override
    public String getRemoteAddr() {
        return "10.0.0.1";
    }

    @Override
    public String getRequestURI() {
        return path;
    }

    @Override
    public @Nullable String getQueryString() {
        return null;
    }

    @Override
    public String getContextPath() {
        return "";
    }

    @Override
    public String getServletPath() {
        return path;
    }

    @Override
    public @Nullable String getPathInfo() {
        return null;
    }

    @Override
    public boolean isAsyncStarted() {
        return false;
    }
}
