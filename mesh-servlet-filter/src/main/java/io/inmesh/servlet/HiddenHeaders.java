package io.inmesh.servlet;

import io.inmesh.identity.IdentityHeaders;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hides headers by which a client claims an identity. Requests without such headers are not wrapped. */
final class HiddenHeaders extends HttpServletRequestWrapper {

    private HiddenHeaders(HttpServletRequest request) {
        super(request);
    }

    static HttpServletRequest of(HttpServletRequest request) {
        Enumeration<String> names = request.getHeaderNames();
        while (names != null && names.hasMoreElements()) {
            if (IdentityHeaders.hides(names.nextElement())) {
                return new HiddenHeaders(request);
            }
        }
        return request;
    }

    @Override
    public @Nullable String getHeader(String name) {
        return IdentityHeaders.hides(name) ? null : super.getHeader(name);
    }

    @Override
    public int getIntHeader(String name) {
        return IdentityHeaders.hides(name) ? -1 : super.getIntHeader(name);
    }

    @Override
    public long getDateHeader(String name) {
        return IdentityHeaders.hides(name) ? -1 : super.getDateHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return IdentityHeaders.hides(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        List<String> shown = Collections.list(super.getHeaderNames()).stream()
                .filter(name -> !IdentityHeaders.hides(name))
                .toList();
        return Collections.enumeration(shown);
    }
}
