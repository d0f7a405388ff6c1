package io.inmesh.servlet;

import io.inmesh.call.RequestEdits;
import io.inmesh.identity.IdentityHeaders;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The request as the application sees it: without headers by which a client claims an identity, and with the edits of the mesh, such as
 * a verified token that is not forwarded. Requests about which there is nothing to change are not wrapped.
 */
final class ShownRequest extends HttpServletRequestWrapper {

    private final RequestEdits edits;
    private final QueryEdit query;

    private ShownRequest(HttpServletRequest request, RequestEdits edits) {
        super(request);
        this.edits = edits;
        this.query = new QueryEdit(edits.hiddenParams());
    }

    static HttpServletRequest of(HttpServletRequest request, RequestEdits edits) {
        if (edits != RequestEdits.NONE) {
            return new ShownRequest(request, edits);
        }
        Enumeration<String> names = request.getHeaderNames();
        while (names != null && names.hasMoreElements()) {
            if (IdentityHeaders.hides(names.nextElement())) {
                return new ShownRequest(request, edits);
            }
        }
        return request;
    }

    private boolean hides(String name) {
        return IdentityHeaders.hides(name)
                || edits.hiddenHeaders().contains(name.toLowerCase(Locale.ROOT))
                || set(name) != null;
    }

    private @Nullable String set(String name) {
        for (Map.Entry<String, String> header : edits.setHeaders()) {
            if (header.getKey().equalsIgnoreCase(name)) {
                return header.getValue();
            }
        }
        return null;
    }

    @Override
    public @Nullable String getHeader(String name) {
        return hides(name) ? set(name) : super.getHeader(name);
    }

    @Override
    public int getIntHeader(String name) {
        String set = set(name);
        return set != null ? Integer.parseInt(set) : hides(name) ? -1 : super.getIntHeader(name);
    }

    @Override
    public long getDateHeader(String name) {
        return hides(name) ? -1 : super.getDateHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        String set = set(name);
        return set != null
                ? Collections.enumeration(List.of(set))
                : hides(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        List<String> shown = new ArrayList<>();
        for (String name : Collections.list(super.getHeaderNames())) {
            if (!hides(name)) {
                shown.add(name);
            }
        }
        edits.setHeaders().forEach(header -> shown.add(header.getKey()));
        return Collections.enumeration(shown);
    }

    @Override
    public Cookie @Nullable [] getCookies() {
        Cookie[] cookies = super.getCookies();
        if (cookies == null || edits.hiddenCookies().isEmpty()) {
            return cookies;
        }
        Cookie[] shown = Arrays.stream(cookies)
                .filter(cookie -> !edits.hiddenCookies().contains(cookie.getName()))
                .toArray(Cookie[]::new);
        return shown.length == 0 ? null : shown;
    }

    @Override
    public @Nullable String getQueryString() {
        return query.shown(super.getQueryString());
    }

    @Override
    public @Nullable String getParameter(String name) {
        String[] values = getParameterValues(name);
        return values == null || values.length == 0 ? null : values[0];
    }

    /** Values of the query come before those of a form (Servlet 6.0, section 3.1), so those hidden are the first ones. */
    @Override
    public String @Nullable [] getParameterValues(String name) {
        String[] values = super.getParameterValues(name);
        int hidden = values == null ? 0 : query.count(super.getQueryString(), name);
        if (values == null || hidden == 0) {
            return values;
        }
        return hidden >= values.length ? null : Arrays.copyOfRange(values, hidden, values.length);
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        Map<String, String[]> all = super.getParameterMap();
        if (edits.hiddenParams().isEmpty()) {
            return all;
        }
        Map<String, String[]> shown = new LinkedHashMap<>(all);
        for (String name : edits.hiddenParams()) {
            String[] values = getParameterValues(name);
            if (values == null) {
                shown.remove(name);
            } else {
                shown.put(name, values);
            }
        }
        return Collections.unmodifiableMap(shown);
    }

    @Override
    public Enumeration<String> getParameterNames() {
        if (edits.hiddenParams().isEmpty()) {
            return super.getParameterNames();
        }
        Set<String> names = new HashSet<>(getParameterMap().keySet());
        return Collections.enumeration(names);
    }
}
