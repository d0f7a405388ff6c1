package io.inmesh.okhttp;

import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Failure;
import io.inmesh.call.Outcome.Failure.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import okhttp3.Response;
import okhttp3.internal.http2.ConnectionShutdownException;
import okhttp3.internal.http2.ErrorCode;
import okhttp3.internal.http2.StreamResetException;

/** Translates how OkHttp says an attempt ended into the words of the core. */
final class OkHttpOutcomes {

    private OkHttpOutcomes() {}

    /**
     * {@return the outcome of an answer}
     *
     * @param response what came back
     * @param nowEpochMillis wall-clock time, for a {@code Retry-After} that is a date
     */
    static Outcome of(Response response, long nowEpochMillis) {
        int status = response.code();
        if (response.header(Outcome.Response.RATE_LIMITED_HEADER) != null) {
            String retryAfter = response.header("Retry-After");
            return new Outcome.Response(
                    status,
                    -1,
                    retryAfter == null
                            ? Outcome.Response.NO_PUSHBACK
                            : pushbackMillis(retryAfter.trim(), nowEpochMillis),
                    true);
        }
        if (status == 429 || status == 503) {
            String retryAfter = response.header("Retry-After");
            if (retryAfter != null) {
                return new Outcome.Response(status, -1, pushbackMillis(retryAfter.trim(), nowEpochMillis));
            }
        }
        return Outcome.Response.http(status);
    }

    /**
     * {@return the outcome of an exception}
     *
     * @param failure what OkHttp threw
     * @param sent whether anything of the request may have left this process
     * @param expired whether the attempt's deadline has passed
     */
    static Outcome of(IOException failure, boolean sent, boolean expired) {
        if (failure instanceof StreamResetException reset && reset.errorCode == ErrorCode.REFUSED_STREAM) {
            return new Failure(Kind.REFUSED_STREAM, false, failure);
        }
        if (failure instanceof ConnectionShutdownException) {
            // The peer announced that it takes no new streams before this one was opened.
            return new Failure(Kind.REFUSED_STREAM, false, failure);
        }
        IOException told = expired && !(failure instanceof InterruptedIOException) ? timedOut(failure) : failure;
        if (!sent) {
            return new Failure(unsentKind(told), false, told);
        }
        if (told instanceof InterruptedIOException) {
            return new Failure(Kind.TIMEOUT, true, told);
        }
        // With TLS 1.3 a peer that refuses our certificate says so after our side of the handshake.
        return new Failure(failure instanceof SSLHandshakeException ? Kind.TLS : Kind.RESET, true, failure);
    }

    /** The connection was closed because time was up; the application is told of the time, not of the closing. */
    private static IOException timedOut(IOException failure) {
        return (IOException)
                new SocketTimeoutException("no answer before the deadline of the attempt").initCause(failure);
    }

    private static Kind unsentKind(IOException failure) {
        if (failure instanceof SSLException) {
            return Kind.TLS;
        }
        if (failure instanceof ConnectException
                || failure instanceof NoRouteToHostException
                || failure instanceof UnknownHostException
                || failure instanceof SocketTimeoutException) {
            return Kind.CONNECT;
        }
        return failure instanceof InterruptedIOException ? Kind.TIMEOUT : Kind.CONNECT;
    }

    /** Source: RFC 9110 10.2.3; what cannot be read counts as not said. */
    private static long pushbackMillis(String retryAfter, long nowEpochMillis) {
        try {
            long seconds = Long.parseLong(retryAfter);
            return seconds < 0 ? Outcome.Response.NO_PUSHBACK : Math.multiplyExact(seconds, 1000L);
        } catch (NumberFormatException notSeconds) {
            return !retryAfter.isEmpty() && retryAfter.chars().allMatch(Character::isDigit)
                    ? Outcome.Response.DO_NOT_RETRY
                    : untilDate(retryAfter, nowEpochMillis);
        } catch (ArithmeticException tooLong) {
            return Outcome.Response.DO_NOT_RETRY;
        }
    }

    private static long untilDate(String retryAfter, long nowEpochMillis) {
        try {
            Instant at = ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Math.max(0, at.toEpochMilli() - nowEpochMillis);
        } catch (DateTimeException unreadable) {
            return Outcome.Response.NO_PUSHBACK;
        }
    }
}
