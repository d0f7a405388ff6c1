package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.HeaderMatch;
import io.inmesh.config.StringMatch;
import java.util.ArrayList;
import java.util.List;

/**
 * A way around policies that some software once had.
 *
 * @param id the name it is known by
 * @param policy what is to be enforced
 * @param expectation what must come of the requests
 * @param requests the dangerous requests, as they go over the wire
 */
record Advisory(String id, AuthorizationConfig policy, Expectation expectation, List<String> requests) {

    /** What the protected part of the application answers. */
    static final String SECRET = "the secret";

    static final AuthorizationConfig NO_ADMIN = policy(
            Action.DENY,
            new Condition.AnyOf(List.of(
                    new Condition.Path(StringMatch.exact("/admin")),
                    new Condition.Path(StringMatch.prefix("/admin/")))));
    static final AuthorizationConfig PUBLIC_ONLY =
            policy(Action.ALLOW, new Condition.Path(StringMatch.prefix("/public/")));
    static final AuthorizationConfig NO_DELETE = policy(Action.DENY, header(":method", StringMatch.exact("DELETE")));
    static final AuthorizationConfig USERS_ONLY = policy(Action.ALLOW, header("x-role", StringMatch.exact("user")));
    static final AuthorizationConfig NO_ADMINS = policy(Action.DENY, header("x-role", StringMatch.exact("admin")));
    static final AuthorizationConfig NO_ADMIN_HOST =
            policy(Action.DENY, header(":authority", StringMatch.exact("admin.example")));
    static final AuthorizationConfig PRIVATE_NETWORK_ONLY =
            policy(Action.ALLOW, new Condition.SourceIp(new Condition.Cidr("10.0.0.0", 8)));
    static final AuthorizationConfig PRODUCTPAGE_ONLY = policy(
            Action.ALLOW,
            new Condition.Principal(StringMatch.exact("spiffe://inmesh.local/ns/default/sa/productpage")));
    static final AuthorizationConfig EVERYTHING = policy(Action.ALLOW, new Condition.Always());

    /** What must come of a request. */
    interface Expectation {
        void check(RawClient.Reply reply);
    }

    /** {@return the refusal of a request by one of some statuses, and nothing of the application in the answer} */
    static Expectation refused(Integer... statuses) {
        return reply -> {
            assertThat(reply.text()).doesNotContain(SECRET);
            assertThat(reply.status()).isIn((Object[]) statuses);
        };
    }

    /** {@return an answer of the application in which a text does not occur} */
    static Expectation servedWithout(String text) {
        return reply -> {
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).doesNotContainIgnoringCase(text);
        };
    }

    /** {@return an advisory with requests for paths} */
    static Advisory paths(String id, AuthorizationConfig policy, Expectation expectation, String... paths) {
        List<String> requests = new ArrayList<>();
        for (String path : paths) {
            requests.add(RawClient.head("GET", path));
        }
        return new Advisory(id, policy, expectation, requests);
    }

    /** {@return an advisory with a request for the protected path that has some headers} */
    static Advisory headers(String id, AuthorizationConfig policy, Expectation expectation, String... headers) {
        return new Advisory(id, policy, expectation, List.of(RawClient.head("GET", "/admin", headers)));
    }

    private static Condition header(String name, StringMatch match) {
        return new Condition.Header(HeaderMatch.of(name, match));
    }

    private static AuthorizationConfig policy(Action action, Condition condition) {
        return new AuthorizationConfig(action, List.of(new Policy("advisory", condition)));
    }
}
