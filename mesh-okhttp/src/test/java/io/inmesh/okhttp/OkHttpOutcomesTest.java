package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Failure;
import io.inmesh.call.Outcome.Failure.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Instant;
import javax.net.ssl.SSLHandshakeException;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.internal.http2.ConnectionShutdownException;
import okhttp3.internal.http2.ErrorCode;
import okhttp3.internal.http2.StreamResetException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What OkHttp says, in the words of the core. */
final class OkHttpOutcomesTest {

    private static final long NOW = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0                             | 0",
                "7                             | 7000",
                "Sun, 1 Mar 2026 12:00:30 GMT  | 30000",
                "Sun, 1 Mar 2026 11:00:00 GMT  | 0",
                "-7                            | -1",
                "soon                          | -1",
                "''                            | -1",
                "99999999999999999             | -2",
                "999999999999999999999999999   | -2",
            })
    void retryAfterIsReadAsSecondsOrDate(String header, long pushbackMillis) {
        assertThat(OkHttpOutcomes.of(response(503, header), NOW))
                .isEqualTo(new Outcome.Response(503, -1, pushbackMillis));
        assertThat(OkHttpOutcomes.of(response(429, header), NOW))
                .isEqualTo(new Outcome.Response(429, -1, pushbackMillis));
    }

    @Test
    void retryAfterOfOtherAnswersIsNoWishToWait() {
        assertThat(OkHttpOutcomes.of(response(301, "7"), NOW)).isEqualTo(Outcome.Response.http(301));
    }

    @Test
    void failureBeforeAnythingWasSentIsAFailureToConnect() {
        assertOutcome(new ConnectException(), false, false, Kind.CONNECT, false);
        assertOutcome(new SocketTimeoutException(), false, false, Kind.CONNECT, false);
        assertOutcome(new IOException("closed"), false, false, Kind.CONNECT, false);
        assertOutcome(new SSLHandshakeException("no"), false, false, Kind.TLS, false);
    }

    @Test
    void failureAfterwardsMayHaveBeenProcessed() {
        assertOutcome(new SocketException("reset"), true, false, Kind.RESET, true);
        assertOutcome(new SocketTimeoutException(), true, false, Kind.TIMEOUT, true);
        assertOutcome(new InterruptedIOException(), true, false, Kind.TIMEOUT, true);
        assertOutcome(new StreamResetException(ErrorCode.CANCEL), true, false, Kind.RESET, true);
    }

    @Test
    void certificateRefusedByThePeerIsSaidAfterOurSideOfTheHandshake() {
        assertOutcome(new SSLHandshakeException("bad_certificate"), true, false, Kind.TLS, true);
    }

    @Test
    void refusalOfAStreamPromisesThatNothingWasDone() {
        assertOutcome(new StreamResetException(ErrorCode.REFUSED_STREAM), true, false, Kind.REFUSED_STREAM, false);
        assertOutcome(new ConnectionShutdownException(), true, false, Kind.REFUSED_STREAM, false);
    }

    @Test
    void connectionClosedBecauseTimeWasUpIsATimeoutForTheApplication() {
        Failure failure = (Failure) OkHttpOutcomes.of(new SocketException("Socket closed"), true, true);

        assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(failure.cause())
                .isInstanceOf(SocketTimeoutException.class)
                .hasCauseInstanceOf(SocketException.class);
    }

    private static void assertOutcome(IOException thrown, boolean sent, boolean expired, Kind kind, boolean maybeSent) {
        assertThat(OkHttpOutcomes.of(thrown, sent, expired)).isEqualTo(new Failure(kind, maybeSent, thrown));
    }

    private static Response response(int status, String retryAfter) {
        return new Response.Builder()
                .request(new Request.Builder().url(Net.REVIEWS).build())
                .protocol(Protocol.HTTP_1_1)
                .code(status)
                .message("")
                .header("Retry-After", retryAfter)
                .build();
    }
}
