package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that go on when their servlet has returned. */
class AsyncRequestEndTest {

    private static final int NEVER = 0;

    /** Long enough for the servlet to return first: a timeout that is faster may leave Jetty 12.1 without an answer. */
    private static final int TIMEOUT_MILLIS = 1000;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final LinkedBlockingQueue<AsyncContext> open = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource
    void completionIsTheEndAndNotTheReturnOfTheServlet(Container container) throws Exception {
        Application application = new Application()
                .on("/slow", (request, response) -> open.add(start(request)))
                .on("/quick", (request, response) -> response.setStatus(204));
        try (Service service = Service.open(container, application)) {
            try (Socket slow = service.client().connect()) {
                RawClient.write(slow, RawClient.head("GET", "/slow"));
                AsyncContext context = taken();
                service.client().get("/quick");
                assertThat(service.ends.next()).isEqualTo("204");
                assertThat(service.filter.inFlight()).isEqualTo(1);
                status(context, 202);
                context.complete();
                assertThat(service.ends.next()).isEqualTo("202");
                assertThat(slow.getInputStream().readAllBytes()).isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void completionBeforeTheServletReturnsIsHeard(Container container) throws Exception {
        Application application = new Application().on("/", (request, response) -> {
            AsyncContext context = start(request);
            response.setStatus(203);
            context.complete();
        });
        try (Service service = Service.open(container, application)) {
            assertThat(service.client().get("/").status()).isEqualTo(203);
            assertThat(service.ends.next()).isEqualTo("203");
        }
    }

    @ParameterizedTest
    @EnumSource
    void timeoutThatNobodyHandlesCountsAsTheContainersAnswer(Container container) throws Exception {
        Application application =
                new Application().on("/", (request, response) -> start(request).setTimeout(TIMEOUT_MILLIS));
        try (Service service = Service.open(container, application)) {
            assertThat(service.client().get("/").status()).isEqualTo(500);
            assertThat(service.ends.next()).isEqualTo("500");
        }
    }

    @ParameterizedTest
    @EnumSource
    void timeoutThatTheApplicationAnswersCountsAsItsAnswer(Container container) throws Exception {
        Application application = new Application()
                .on(
                        "/completes",
                        (request, response) -> onTimeout(start(request), context -> {
                            status(context, 202);
                            context.complete();
                        }))
                .on(
                        "/dispatches",
                        (request, response) -> onTimeout(start(request), context -> context.dispatch("/late")))
                .on("/late", (request, response) -> response.setStatus(206));
        try (Service service = Service.open(container, application)) {
            assertThat(service.client().get("/completes").status()).isEqualTo(202);
            assertThat(service.ends.next()).isEqualTo("202");
            assertThat(service.client().get("/dispatches").status()).isEqualTo(206);
            assertThat(service.ends.next()).isEqualTo("206");
        }
    }

    @ParameterizedTest
    @EnumSource
    void dispatchesArePartOfTheRequest(Container container) throws Exception {
        Application application = new Application()
                .on("/here", (request, response) -> start(request).dispatch("/target"))
                .on("/elsewhere", (request, response) -> {
                    AsyncContext context = start(request);
                    threads.execute(() -> context.dispatch("/target"));
                })
                .on("/target", (request, response) -> response.setStatus(201));
        try (Service service = Service.open(container, application)) {
            for (String path : new String[] {"/here", "/elsewhere"}) {
                assertThat(service.client().get(path).status()).isEqualTo(201);
                assertThat(service.ends.next()).isEqualTo("201");
            }
            assertThat(service.ends.started()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void dispatchThatFailsCountsAs500(Container container) throws Exception {
        Application application = new Application()
                .on("/runtime", (request, response) -> start(request).dispatch("/throws"))
                .on("/io", (request, response) -> start(request).dispatch("/throwsIo"))
                .on("/error", (request, response) -> start(request).dispatch("/sendsError"))
                .on("/throws", (request, response) -> {
                    throw new IllegalStateException("dispatched");
                })
                .on("/throwsIo", (request, response) -> {
                    throw new IOException("the database is away");
                })
                .on("/sendsError", (request, response) -> response.sendError(503));
        try (Service service = Service.open(container, application)) {
            assertThat(service.client().get("/runtime").status()).isEqualTo(500);
            assertThat(service.ends.next()).isEqualTo("500");
            assertThat(service.client().get("/io").status()).isEqualTo(500);
            assertThat(service.ends.next()).isEqualTo("500");
            assertThat(service.client().get("/error").status()).isEqualTo(503);
            assertThat(service.ends.next()).isEqualTo("503");
        }
    }

    @ParameterizedTest
    @EnumSource
    void asynchronousWorkMayBeginAgainAndAgain(Container container) throws Exception {
        Application application = new Application().on("/", (request, response) -> {
            Integer round = (Integer) request.getAttribute("round");
            AsyncContext context = start(request);
            if (round != null && round == 3) {
                threads.execute(() -> {
                    status(context, 206);
                    context.complete();
                });
            } else {
                request.setAttribute("round", round == null ? 1 : round + 1);
                threads.execute(context::dispatch);
            }
        });
        try (Service service = Service.open(container, application)) {
            assertThat(service.client().get("/").status()).isEqualTo(206);
            assertThat(service.ends.next()).isEqualTo("206");
            assertThat(service.ends.started()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void servletThatThrowsAfterItBeganCountsAs500(Container container) throws Exception {
        Application application = new Application().on("/throws", (request, response) -> {
            start(request);
            throw new IllegalStateException("after startAsync");
        });
        try (Service service = Service.open(container, application)) {
            // Containers differ in what they answer when, so nothing is read.
            try (Socket client = service.client().connect()) {
                RawClient.write(client, RawClient.head("GET", "/throws"));
                assertThat(service.ends.next()).isEqualTo("500");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void eventStreamEndsWhenItIsOver(Container container) throws Exception {
        Application application = new Application()
                .on("/events", (request, response) -> {
                    response.setContentType("text/event-stream");
                    response.flushBuffer();
                    open.add(start(request));
                })
                .on("/quick", (request, response) -> response.setStatus(204));
        try (Service service = Service.open(container, application)) {
            try (Socket stream = service.client().connect()) {
                RawClient.write(stream, RawClient.head("GET", "/events"));
                AsyncContext context = taken();
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(stream.getInputStream(), StandardCharsets.UTF_8));
                for (int i = 0; i < 3; i++) {
                    context.getResponse().getOutputStream().print("data: " + i + "\n\n");
                    context.getResponse().flushBuffer();
                    String line = lines.readLine();
                    while (!line.startsWith("data:")) {
                        line = lines.readLine();
                    }
                    assertThat(line).isEqualTo("data: " + i);
                }
                service.client().get("/quick");
                assertThat(service.ends.next()).isEqualTo("204");
                context.complete();
                assertThat(service.ends.next()).isEqualTo("200");
            }
        }
    }

    private interface OnTimeout {
        void at(AsyncContext context) throws IOException;
    }

    private static AsyncContext start(jakarta.servlet.http.HttpServletRequest request) {
        AsyncContext context = request.startAsync();
        context.setTimeout(NEVER);
        return context;
    }

    private static void status(AsyncContext context, int status) {
        ((HttpServletResponse) context.getResponse()).setStatus(status);
    }

    private static void onTimeout(AsyncContext context, OnTimeout handler) {
        context.setTimeout(TIMEOUT_MILLIS);
        context.addListener(new AsyncListener() {
            @Override
            public void onTimeout(AsyncEvent event) throws IOException {
                handler.at(event.getAsyncContext());
            }

            @Override
            public void onComplete(AsyncEvent event) {}

            @Override
            public void onError(AsyncEvent event) {}

            @Override
            public void onStartAsync(AsyncEvent event) {}
        });
    }

    private AsyncContext taken() throws InterruptedException {
        AsyncContext context = open.poll(20, TimeUnit.SECONDS);
        assertThat(context).isNotNull();
        return context;
    }
}
