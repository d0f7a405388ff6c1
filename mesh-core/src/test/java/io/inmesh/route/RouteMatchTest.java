package io.inmesh.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Call;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.PathMatch;
import io.inmesh.config.PathMatch.Kind;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.StringMatch;
import io.inmesh.testkit.FakeCall;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a route applies. */
final class RouteMatchTest {

    @ParameterizedTest
    @CsvSource({
        "EXACT, /v2, false, /v2, true",
        "EXACT, /v2, false, /v2/, false",
        "EXACT, /v2, false, /V2, false",
        "EXACT, /v2, true, /V2, true",
        "PREFIX, /v2, false, /v2x, true",
        "PREFIX, /v2, false, /v2/x, true",
        "PREFIX, /v2, false, /V2, false",
        "PREFIX, /v2, true, /V2/x, true",
        "PREFIX, /v2, false, /v, false",
        "PREFIX, '', false, /, true",
        "SEGMENT_PREFIX, /v2, false, /v2x, false",
        "SEGMENT_PREFIX, /v2, false, /v2, true",
        "SEGMENT_PREFIX, /v2, false, /v2/x, true",
        "SEGMENT_PREFIX, /v2/, false, /v2/x, true",
        "SEGMENT_PREFIX, /v2/, false, /v2, false",
        "SEGMENT_PREFIX, /, false, /v2, true",
        "SEGMENT_PREFIX, /v2, true, /V2/x, true",
        "REGEX, /v[0-9], false, /v2, true",
        "REGEX, /v[0-9], false, /v2/x, false",
        "REGEX, /v[0-9], false, /a/v2, false",
        "REGEX, (?i)/v2.*, false, /V2/x, true",
    })
    void paths(Kind kind, String value, boolean ignoreCase, String path, boolean matches) {
        check(RouteMatch.path(new PathMatch(kind, value, ignoreCase)), FakeCall.get(path), matches);
    }

    @ParameterizedTest
    @CsvSource({
        "user, jason, false, false, jason, true",
        "user, jason, false, false, jane, false",
        "user, jason, false, false, , false",
        "user, jason, true, false, jane, true",
        "user, jason, true, false, jason, false",
        "user, jason, true, false, , true",
        "user, '', false, true, , true",
        "user, '', true, true, , false",
    })
    void headers(String name, String wanted, boolean invert, boolean missingAsEmpty, String value, boolean matches) {
        FakeCall call = FakeCall.get("/");
        if (value != null) {
            call.header("user", value);
        }
        check(header(new HeaderMatch(name, StringMatch.exact(wanted), invert, missingAsEmpty)), call, matches);
    }

    @Test
    void severalValuesOfAHeaderAreTestedAsOne() {
        FakeCall call = FakeCall.get("/").header("x", "a").header("x", "b");
        check(header(HeaderMatch.of("x", StringMatch.exact("a,b"))), call, true);
        check(header(HeaderMatch.of("x", StringMatch.exact("a"))), call, false);
    }

    @Test
    void aHeaderIsThereOrNot() {
        HeaderMatch present = HeaderMatch.of("user", StringMatch.present());
        HeaderMatch absent = new HeaderMatch("user", StringMatch.present(), true, false);
        check(header(present), FakeCall.get("/").header("user", ""), true);
        check(header(present), FakeCall.get("/"), false);
        check(header(absent), FakeCall.get("/").header("user", ""), false);
        check(header(absent), FakeCall.get("/"), true);
    }

    @Test
    void pseudoHeadersAreTheRequestLine() {
        FakeCall call = FakeCall.get("/a").query("b=c").method("PUT");
        check(header(HeaderMatch.of(":method", StringMatch.exact("PUT"))), call, true);
        check(header(HeaderMatch.of(":scheme", StringMatch.exact("http"))), call, true);
        check(header(HeaderMatch.of(":path", StringMatch.exact("/a?b=c"))), call, true);
        check(header(HeaderMatch.of(":authority", StringMatch.exact("reviews:9080"))), call, true);
        check(header(HeaderMatch.of(":authority", StringMatch.exact("reviews"))), call.to("reviews", 80), true);
        check(header(HeaderMatch.of(":authority", StringMatch.exact("reviews"))), call.to("reviews", 443), false);
        call.overTls();
        check(header(HeaderMatch.of(":authority", StringMatch.exact("reviews"))), call, true);
    }

    @ParameterizedTest
    @CsvSource({
        "a=1, 1, true",
        "b=2&a=1, 1, true",
        "a=1&a=2, 1, true",
        "a=1&a=2, 2, false",
        "ab=1, 1, false",
        "xa=1, 1, false",
        "a, '', true",
        "a=, '', true",
        "a==, =, true",
        "&&a=1, 1, true",
        "%61=1, 1, true",
        "a=%31, 1, true",
        "a=%e2%82%ac, €, true",
        "a=1+2, 1+2, true",
        "a=%zz, %zz, true",
        "a=%4, %4, true",
        "a=50%, 50%, true",
        "b=a=1, 1, false",
        ", 1, false",
    })
    void queryParameters(String query, String wanted, boolean matches) {
        RouteMatch match = RouteMatch.ANY.query("a", StringMatch.exact(wanted));
        check(match, FakeCall.get("/").query(query), matches);
    }

    @Test
    void aQueryParameterIsThereWhateverItsValue() {
        RouteMatch match = RouteMatch.ANY.query("debug", StringMatch.present());
        check(match, FakeCall.get("/").query("debug"), true);
        check(match, FakeCall.get("/").query("debug=0"), true);
        check(match, FakeCall.get("/"), false);
    }

    @Test
    void allPartsMustMatch() {
        RouteMatch match = RouteMatch.path(PathMatch.prefix("/v2"))
                .header("user", StringMatch.exact("jason"))
                .query("q", StringMatch.exact("1"));
        check(match, FakeCall.get("/v2").header("user", "jason").query("q=1"), true);
        check(match, FakeCall.get("/v1").header("user", "jason").query("q=1"), false);
        check(match, FakeCall.get("/v2").header("user", "jane").query("q=1"), false);
        check(match, FakeCall.get("/v2").header("user", "jason").query("q=2"), false);
    }

    @Test
    void whatDoesNotMatchIsSaid() {
        RouteMatch match = RouteMatch.path(PathMatch.prefix("/v2")).header("user", StringMatch.exact("jason"));
        assertThat(Routes.route(match).mismatch(FakeCall.get("/v1")))
                .isEqualTo("path is \"/v1\", and the route wants one that begins with \"/v2\"");
        assertThat(Routes.route(match).mismatch(FakeCall.get("/v2")))
                .isEqualTo("header user is absent and must be \"jason\"");
    }

    private static RouteMatch header(HeaderMatch header) {
        return new RouteMatch(PathMatch.ANY, List.of(header), List.of());
    }

    private static void check(RouteMatch match, Call call, boolean matches) {
        Route route = Routes.route(match);
        assertThat(route.matches(call)).isEqualTo(matches);
        assertThat(route.mismatch(call) == null).as("explained alike").isEqualTo(matches);
    }
}
