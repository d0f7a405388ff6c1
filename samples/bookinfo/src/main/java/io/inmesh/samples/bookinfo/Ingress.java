package io.inmesh.samples.bookinfo;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * What an ingress does for requests from outside of the mesh: a trace that a browser or a tool has begun goes on, in whatever headers the
 * propagators of OpenTelemetry read. Without an SDK it does nothing.
 */
final class Ingress extends HttpFilter {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Context begun = GlobalOpenTelemetry.getPropagators()
                .getTextMapPropagator()
                .extract(Context.root(), request, new Headers());
        try (Scope scope = begun.makeCurrent()) {
            chain.doFilter(request, response);
        }
    }

    private static final class Headers implements TextMapGetter<HttpServletRequest> {
        // Older releases of the API have this method without a default.
        @Override
        @SuppressWarnings("deprecation")
        public Iterable<String> keys(HttpServletRequest request) {
            return Collections.list(request.getHeaderNames());
        }

        @Override
        public @Nullable String get(@Nullable HttpServletRequest request, String name) {
            return request == null ? null : request.getHeader(name);
        }
    }
}
