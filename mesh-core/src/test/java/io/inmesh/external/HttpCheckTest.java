package io.inmesh.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.config.ExternalProtocol.Http;
import io.inmesh.config.HeaderNames;
import io.inmesh.external.ExternalAnswer.Allowed;
import io.inmesh.external.ExternalAnswer.Denied;
import io.inmesh.external.ExternalAnswer.Failed;
import io.inmesh.external.HttpCheck.Question;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How an authorizer is asked by HTTP, and what its responses mean; Envoy's rules. */
class HttpCheckTest {

    @Test
    void questionHasMethodPathHostAndAuthorizationAndNothingElse() {
        Question question = HttpCheck.question(
                check("PUT", "/a/b?c=%2F&d", Map.of("authorization", "Bearer t", "cookie", "a=b", "x-user", "u")),
                Http.PLAIN);
        assertThat(question)
                .isEqualTo(new Question(
                        "PUT",
                        "/a/b",
                        "c=%2F&d",
                        Map.of(
                                "host", "reviews:9080",
                                "authorization", "Bearer t",
                                "accept-encoding", "identity")));
    }

    @Test
    void headersThatAreChosenAreSentUnlessTheyBelongToTheMessage() {
        Question question = HttpCheck.question(
                check(
                        "GET",
                        "/",
                        Map.of(
                                "x-user", "u",
                                "x-other", "o",
                                "session-id", "s",
                                "cookie", "a=b",
                                "connection", "x-user",
                                "transfer-encoding", "chunked",
                                "content-length", "7",
                                "accept-encoding", "br")),
                http(HeaderNames.of(List.of("X-User", "c*", "*-ID", "*-encoding"))));
        assertThat(question.headers())
                .containsOnlyKeys("host", "x-user", "cookie", "session-id", "accept-encoding")
                .containsEntry("accept-encoding", "identity");
    }

    @Test
    void addedHeadersWinOverThoseOfTheRequest() {
        Http http = new Http(
                "/check",
                HeaderNames.of(List.of("x-mesh")),
                List.of(Map.entry("x-mesh", "ours")),
                HeaderNames.NONE,
                HeaderNames.NONE,
                HeaderNames.NONE);
        Question question = HttpCheck.question(check("GET", "/a", Map.of("x-mesh", "forged")), http);
        assertThat(question.path()).isEqualTo("/check/a");
        assertThat(question.query()).isNull();
        assertThat(question.headers()).containsEntry("x-mesh", "ours");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 599})
    void failureOfTheAuthorizerIsNoAnswer(int status) {
        assertThat(HttpCheck.answer(Http.PLAIN, status, List.of(), "broken"))
                .isEqualTo(new Failed("it answered with status " + status));
    }

    @Test
    void approvalChangesNothingUnlessHeadersAreChosen() {
        assertThat(HttpCheck.answer(
                        Http.PLAIN, 200, List.of(Map.entry("X-User", "alice"), Map.entry("Set-Cookie", "a=b")), ""))
                .isEqualTo(Allowed.UNCHANGED);
    }

    @Test
    void chosenHeadersOfAnApprovalGoToTheApplicationAndToTheCaller() {
        Http http = new Http(
                "",
                HeaderNames.NONE,
                List.of(),
                HeaderNames.of(List.of("x-user", "x-group*", "content*")),
                HeaderNames.NONE,
                HeaderNames.of(List.of("set-cookie")));
        assertThat(HttpCheck.answer(
                        http,
                        200,
                        List.of(
                                Map.entry("X-User", "alice"),
                                Map.entry("x-groups", "a"),
                                Map.entry("X-Groups", "b"),
                                Map.entry("set-cookie", "a=1"),
                                Map.entry("set-cookie", "b=2"),
                                Map.entry("x-other", "o"),
                                Map.entry("content-type", "text/html"),
                                Map.entry("content-length", "0"),
                                Map.entry("x-envoy-auth-headers-to-remove", "Authorization, x-old"),
                                Map.entry("x-envoy-auth-headers-to-remove", "cookie,")),
                        ""))
                .isEqualTo(new Allowed(
                        List.of(Map.entry("x-user", "alice"), Map.entry("x-groups", "a,b")),
                        List.of(),
                        List.of("authorization", "x-old", "cookie"),
                        List.of(Map.entry("set-cookie", "a=1"), Map.entry("set-cookie", "b=2"))));
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 301, 400, 401, 403, 404, 429})
    void everythingElseIsADenial(int status) {
        assertThat(HttpCheck.answer(
                        Http.PLAIN,
                        status,
                        List.of(
                                Map.entry("Location", "https://login.test"),
                                Map.entry("set-cookie", "a=1"),
                                Map.entry("content-type", "text/html"),
                                Map.entry("content-length", "3"),
                                Map.entry("connection", "close"),
                                Map.entry("date", "now")),
                        "no!"))
                .isEqualTo(new Denied(
                        status,
                        List.of(
                                Map.entry("location", "https://login.test"),
                                Map.entry("set-cookie", "a=1"),
                                Map.entry("content-type", "text/html")),
                        "no!"));
    }

    @Test
    void chosenHeadersOfADenialGoToTheCallerWithThoseItCannotDoWithout() {
        Http http = new Http(
                "", HeaderNames.NONE, List.of(), HeaderNames.NONE, HeaderNames.of(List.of("x-why")), HeaderNames.NONE);
        Denied denied = (Denied) HttpCheck.answer(
                http,
                401,
                List.of(
                        Map.entry("WWW-Authenticate", "Basic"),
                        Map.entry("x-why", "badge"),
                        Map.entry("x-secret", "s"),
                        Map.entry("location", "/login")),
                "");
        assertThat(denied.headers())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("www-authenticate", "x-why", "location");
    }

    @Test
    void denialInAnEncodingThatNobodyAskedForLosesItsBodyAndStaysADenial() {
        assertThat(HttpCheck.answer(Http.PLAIN, 403, List.of(Map.entry("content-encoding", "gzip")), "\u001f\u008b"))
                .isEqualTo(new Denied(403, List.of(), ""));
    }

    @Test
    void valuesOfCookiesAreJoinedAsCookies() {
        assertThat(HeaderValues.joined("cookie", List.of("a=1", "b=2"))).isEqualTo("a=1; b=2");
        assertThat(HeaderValues.joined("x-list", List.of("a", "b"))).isEqualTo("a,b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "a*b", "*a*", "**"})
    void choiceOfHeadersThatMeansNothingIsRefused(String pattern) {
        assertThatThrownBy(() -> HeaderNames.of(List.of(pattern))).isInstanceOf(IllegalArgumentException.class);
    }

    private static Http http(HeaderNames sent) {
        return new Http("", sent, List.of(), HeaderNames.NONE, HeaderNames.NONE, HeaderNames.NONE);
    }

    private static ExternalCheck check(String method, String path, Map<String, String> headers) {
        return new ExternalCheck(
                new ExternalAuthorizerConfig("a", "authz", 80, Duration.ofSeconds(1), false, 403)
                        .withProtocol(Http.PLAIN),
                0,
                "HTTP/1.1",
                method,
                "http",
                "reviews:9080",
                path,
                headers,
                null,
                null,
                null,
                0);
    }
}
