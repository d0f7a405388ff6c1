package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that hang up before they have the whole answer. */
class ClientGoneTest {

    private static final byte[] CHUNK = new byte[64 * 1024];
    private final CountDownLatch gone = new CountDownLatch(1);

    @ParameterizedTest
    @EnumSource
    void answerThatCannotBeWrittenCountsAsCancelled(Container container) throws Exception {
        Application application = new Application().on("/", (request, response) -> {
            response.flushBuffer();
            awaitGone();
            writeForEver(response.getOutputStream());
        });
        try (Service service = Service.open(container, application)) {
            hangUp(service);
            assertThat(service.ends.next()).isEqualTo("cancelled");
        }
    }

    @ParameterizedTest
    @EnumSource
    void requestThatCannotBeReadCountsAsCancelled(Container container) throws Exception {
        Application application = new Application().on("/", (request, response) -> {
            response.flushBuffer();
            request.getInputStream().readAllBytes();
        });
        try (Service service = Service.open(container, application)) {
            hangUp(service, "Content-Length: 1000");
            assertThat(service.ends.next()).isEqualTo("cancelled");
        }
    }

    /** As web frameworks do it: a failed write on a thread of theirs becomes an exception of the request. */
    @ParameterizedTest
    @EnumSource
    void eventStreamWhoseFailureIsDispatchedCountsAsCancelled(Container container) throws Exception {
        Application application = new Application().on("/", (request, response) -> {
            if (request.getAttribute("failure") instanceof IOException failure) {
                throw new ServletException("the stream broke", failure);
            }
            response.flushBuffer();
            AsyncContext context = request.startAsync();
            context.setTimeout(0);
            new Thread(() -> {
                        try {
                            awaitGone();
                            writeForEver(response.getOutputStream());
                        } catch (IOException failure) {
                            request.setAttribute("failure", failure);
                            context.dispatch();
                        }
                    })
                    .start();
        });
        try (Service service = Service.open(container, application)) {
            hangUp(service);
            assertThat(service.ends.next()).isEqualTo("cancelled");
        }
    }

    /** Jetty leaves it to the application to see that a write failed, and hears of an orderly end. */
    @ParameterizedTest
    @CsvSource({"JETTY, 200", "TOMCAT, cancelled"})
    void nonBlockingWriterEndsAsTheContainerSeesIt(Container container, String end) throws Exception {
        Application application = new Application().on("/", (request, response) -> {
            response.flushBuffer();
            AsyncContext context = request.startAsync();
            context.setTimeout(0);
            awaitGone();
            ServletOutputStream out = response.getOutputStream();
            out.setWriteListener(new WriteListener() {
                @Override
                public void onWritePossible() throws IOException {
                    while (out.isReady()) {
                        out.write(CHUNK);
                    }
                }

                @Override
                public void onError(Throwable failure) {
                    context.complete();
                }
            });
        });
        try (Service service = Service.open(container, application)) {
            hangUp(service);
            assertThat(service.ends.next()).isEqualTo(end);
        }
    }

    @ParameterizedTest
    @EnumSource
    void clientThatDoesNotWaitForASlowAnswerCountsAsWhatItWouldHaveGot(Container container) throws Exception {
        Application application = new Application().on("/", (request, response) -> {
            response.flushBuffer();
            awaitGone();
        });
        try (Service service = Service.open(container, application)) {
            hangUp(service);
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    private void hangUp(Service service, String... headers) throws IOException {
        Socket socket = service.client().connect();
        RawClient.write(socket, RawClient.head("POST", "/", headers));
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        // A reset instead of an orderly end, as of a process that was killed.
        socket.setSoLinger(true, 0);
        socket.close();
        gone.countDown();
    }

    private void awaitGone() {
        try {
            gone.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void writeForEver(ServletOutputStream out) throws IOException {
        while (true) {
            out.write(CHUNK);
            out.flush();
        }
    }
}
