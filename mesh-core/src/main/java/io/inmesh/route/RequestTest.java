package io.inmesh.route;

import io.inmesh.call.Call;
import io.inmesh.config.RouteMatch;
import org.jspecify.annotations.Nullable;

/** A compiled {@link RouteMatch}: all parts must pass, the cheapest first. */
final class RequestTest {

    private final PathTest path;
    private final HeaderTest[] headers;
    private final QueryTest[] query;

    RequestTest(RouteMatch match) {
        path = new PathTest(match.path());
        headers = match.headers().stream().map(HeaderTest::new).toArray(HeaderTest[]::new);
        query = match.query().stream().map(QueryTest::new).toArray(QueryTest[]::new);
    }

    PathTest path() {
        return path;
    }

    boolean test(Call call) {
        return path.test(call.path()) && testBeyondPath(call);
    }

    /** {@return whether a call passes whose path is known to equal, or to begin with, the text that the path test asks for} */
    boolean testFiled(Call call) {
        return path.testFiled(call.path()) && testBeyondPath(call);
    }

    private boolean testBeyondPath(Call call) {
        for (HeaderTest header : headers) {
            if (!header.test(call)) {
                return false;
            }
        }
        for (QueryTest parameter : query) {
            if (!parameter.test(call)) {
                return false;
            }
        }
        return true;
    }

    /** {@return the first part that does not pass and why; null if all pass} */
    @Nullable
    String mismatch(Call call) {
        if (!path.test(call.path())) {
            return "path is \"" + call.path() + "\", and the route wants one that " + path;
        }
        for (HeaderTest header : headers) {
            if (!header.test(call)) {
                return header.mismatch(call);
            }
        }
        for (QueryTest parameter : query) {
            if (!parameter.test(call)) {
                return parameter.mismatch(call);
            }
        }
        return null;
    }
}
