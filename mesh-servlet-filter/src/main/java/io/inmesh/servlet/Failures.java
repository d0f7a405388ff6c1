package io.inmesh.servlet;

import io.inmesh.call.Outcome;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an exception that leaves the application means. */
final class Failures {

    /** How containers say that the client has gone. By name, since neither container needs to be there. */
    private static final Set<String> CLIENT_GONE =
            Set.of("org.eclipse.jetty.io.EofException", "org.apache.catalina.connector.ClientAbortException");

    /** Exceptions may be each other's cause in a circle. */
    private static final int MAX_DEPTH = 8;

    private Failures() {}

    /** {@return how a request ended whose application threw; containers answer 500 unless the exception says otherwise} */
    static Outcome outcome(Throwable failure) {
        if (clientGone(failure)) {
            return Outcome.Cancelled.INSTANCE;
        }
        if (failure instanceof UnavailableException unavailable) {
            // Servlet 6.0, section 2.3.3.2.
            return Outcome.Response.http(
                    unavailable.isPermanent()
                            ? HttpServletResponse.SC_NOT_FOUND
                            : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        }
        return Outcome.Response.http(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
    }

    /**
     * {@return whether the client went away, as opposed to the application or something it called failing}
     *
     * <p>Looks into wrappers that web frameworks put around what a stream threw, and not further: the same exception as the cause of
     * an {@code ExecutionException} is that of a call the application made.
     */
    static boolean clientGone(Throwable failure) {
        @Nullable Throwable cause = failure;
        for (int depth = 0; depth < MAX_DEPTH && cause != null; depth++) {
            if (saysClientGone(cause)) {
                return true;
            }
            if (!(cause instanceof IOException
                    || cause instanceof ServletException
                    || cause instanceof UncheckedIOException)) {
                return false;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean saysClientGone(Throwable failure) {
        for (Class<?> type = failure.getClass(); type != Throwable.class; type = type.getSuperclass()) {
            if (CLIENT_GONE.contains(type.getName())) {
                return true;
            }
        }
        return false;
    }
}
