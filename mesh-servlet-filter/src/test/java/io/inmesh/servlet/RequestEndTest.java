package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that are done when their servlet returns. */
class RequestEndTest {

    @ParameterizedTest
    @EnumSource
    void statusIsTheApplicationsOwn(Container container) throws Exception {
        Application application = new Application()
                .on("/ok", (request, response) -> response.getWriter().print("fine"))
                .on("/made", (request, response) -> response.setStatus(201))
                .on("/broken", (request, response) -> response.setStatus(500));
        try (Service service = Service.open(container, application)) {
            assertThat(service.client().get("/ok").body()).contains("fine");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.client().get("/made").status()).isEqualTo(201);
            assertThat(service.ends.next()).isEqualTo("201");
            assertThat(service.client().get("/broken").status()).isEqualTo(500);
            assertThat(service.ends.next()).isEqualTo("500");
        }
    }

    @ParameterizedTest
    @EnumSource
    void headIsAnsweredAndCountedAsGetIs(Container container) throws Exception {
        Application application = new Application()
                .on("/ok", (request, response) -> response.getWriter().print("fine"));
        try (Service service = Service.open(container, application)) {
            RawClient.Reply reply = service.client().send("HEAD", "/ok");
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).isEmpty();
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void exceptionsCountAs500WhateverTheirType(Container container) throws Exception {
        Application application = new Application()
                .on("/runtime", (request, response) -> {
                    throw new IllegalStateException("runtime");
                })
                .on("/servlet", (request, response) -> {
                    throw new ServletException("servlet");
                })
                .on("/io", (request, response) -> {
                    throw new IOException("the database is away");
                })
                .on("/error", (request, response) -> {
                    throw new AssertionError("error");
                })
                .on("/undeclared", (request, response) -> sneak(new InterruptedException("undeclared")));
        try (Service service = Service.open(container, application)) {
            for (String path : new String[] {"/runtime", "/servlet", "/io", "/error", "/undeclared"}) {
                assertThat(service.client().get(path).status()).isEqualTo(500);
                assertThat(service.ends.next()).as(path).isEqualTo("500");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void exceptionAfterTheAnswerBeganCountsAs500AllTheSame(Container container) throws Exception {
        Application application = new Application().on("/half", (request, response) -> {
            response.getOutputStream().print("half");
            response.flushBuffer();
            throw new IllegalStateException("the other half is missing");
        });
        try (Service service = Service.open(container, application)) {
            assertThat(service.client().get("/half").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("500");
        }
    }

    /** Tomcat does not heed the exception of a servlet that it was given as an object. */
    @ParameterizedTest
    @EnumSource(names = "JETTY")
    void unavailableServletCountsAsWhatTheContainerAnswers(Container container) throws Exception {
        Application application = new Application()
                .on("/gone", (request, response) -> {
                    throw new UnavailableException("for ever");
                })
                .on("/later", (request, response) -> {
                    throw new UnavailableException("for a while", 60);
                });
        try (Service service = Service.open(container, application)) {
            assertThat(service.client().get("/gone").status()).isEqualTo(404);
            assertThat(service.ends.next()).isEqualTo("404");
            assertThat(service.client().get("/later").status()).isEqualTo(503);
            assertThat(service.ends.next()).isEqualTo("503");
        }
    }

    @ParameterizedTest
    @EnumSource
    void sendErrorCountsOnceWithItsStatusAndErrorPagesRunUncounted(Container container) throws Exception {
        Application application = new Application()
                .on("/teapot", (request, response) -> response.sendError(418, "short and stout"))
                .on("/throws", (request, response) -> {
                    throw new IllegalArgumentException("no");
                })
                .on(
                        "/page",
                        (request, response) -> response.getWriter()
                                .print("page for " + request.getAttribute("jakarta.servlet.error.status_code")))
                .page(418, "/page")
                .page(IllegalArgumentException.class, "/page");
        try (Service service = Service.open(container, application)) {
            RawClient.Reply teapot = service.client().get("/teapot");
            assertThat(teapot.status()).isEqualTo(418);
            assertThat(teapot.body()).contains("page for 418");
            assertThat(service.ends.next()).isEqualTo("418");
            RawClient.Reply thrown = service.client().get("/throws");
            assertThat(thrown.status()).isEqualTo(500);
            assertThat(thrown.body()).contains("page for 500");
            assertThat(service.ends.next()).isEqualTo("500");
            assertThat(service.ends.started()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void forwardsAndIncludesAreParts(Container container) throws Exception {
        Application application = new Application()
                .on(
                        "/forward",
                        (request, response) ->
                                request.getRequestDispatcher("/target").forward(request, response))
                .on("/include", (request, response) -> {
                    request.getRequestDispatcher("/target").include(request, response);
                    response.getWriter().print("and more");
                })
                .on("/rescue", (request, response) -> {
                    try {
                        request.getRequestDispatcher("/bad").include(request, response);
                    } catch (IllegalStateException expected) {
                        response.getWriter().print("rescued");
                    }
                })
                .on("/target", (request, response) -> response.getWriter().print("target "))
                .on("/bad", (request, response) -> {
                    throw new IllegalStateException("bad");
                });
        try (Service service = Service.open(container, application)) {
            assertThat(service.client().get("/forward").body()).contains("target");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.client().get("/include").body()).contains("target and more");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.client().get("/rescue").body()).contains("rescued");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.ends.started()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void requestsOnOneConnectionAreCountedOneByOne(Container container) throws Exception {
        Application application = new Application()
                .on("/status", (request, response) -> response.setStatus(Integer.parseInt(request.getParameter("is"))));
        try (Service service = Service.open(container, application)) {
            String first = "GET /status?is=204 HTTP/1.1\r\nHost: reviews\r\n\r\n";
            service.client().exchange(first + first + RawClient.head("GET", "/status?is=503"));
            assertThat(service.ends.next()).isEqualTo("204");
            assertThat(service.ends.next()).isEqualTo("204");
            assertThat(service.ends.next()).isEqualTo("503");
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable undeclared) throws E {
        throw (E) undeclared;
    }
}
