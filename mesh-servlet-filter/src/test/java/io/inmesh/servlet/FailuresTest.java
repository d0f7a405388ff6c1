package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Outcome;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutionException;
import org.eclipse.jetty.io.EofException;
import org.junit.jupiter.api.Test;

class FailuresTest {

    @Test
    void clientThatWentAwayIsFoundInWhatFrameworksWrapAroundIt() {
        assertThat(Failures.clientGone(new EofException())).isTrue();
        assertThat(Failures.clientGone(new ServletException(new UncheckedIOException(new EofException()))))
                .isTrue();
    }

    @Test
    void failureOfACallThatTheApplicationMadeIsAFailure() {
        Throwable called = new ServletException(new ExecutionException(new EofException()));
        assertThat(Failures.outcome(called)).isEqualTo(Outcome.Response.http(500));
        assertThat(Failures.outcome(new IOException("Connection reset"))).isEqualTo(Outcome.Response.http(500));
    }

    @Test
    void exceptionsThatAreEachOthersCauseAreLookedAtForAWhileOnly() {
        IOException first = new IOException("first");
        IOException second = new IOException("second", first);
        first.initCause(second);
        assertThat(Failures.clientGone(first)).isFalse();
    }
}
