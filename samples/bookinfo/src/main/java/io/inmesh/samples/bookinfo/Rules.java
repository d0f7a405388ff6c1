package io.inmesh.samples.bookinfo;

import java.util.LinkedHashMap;
import java.util.Map;

/** The rules the scenarios apply, and those that must be refused. */
final class Rules {

    private Rules() {}

    private static String reviews(String http) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews}
                spec:
                  hosts: [reviews]
                  http:
                """ + http;
    }

    /** {@return what has reviews refuse the product page} */
    static String noReviewsForThePage() {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: no-reviews-for-the-page}
                spec:
                  selector: {matchLabels: {app: reviews}}
                  action: DENY
                  rules:
                  - from:
                    - source: {serviceAccounts: [bookinfo-productpage]}
                """;
    }

    static String reviewsTo(String version) {
        return reviews("  - route: [{destination: {host: reviews, subset: " + version + "}}]\n");
    }

    static String reviewsAnywhere() {
        return reviews("  - route: [{destination: {host: reviews}}]\n");
    }

    static String reviewsSplit(String first, int firstWeight, String second, int secondWeight) {
        return reviews("  - route:\n    - {destination: {host: reviews, subset: " + first + "}, weight: " + firstWeight
                + "}\n    - {destination: {host: reviews, subset: " + second + "}, weight: " + secondWeight + "}\n");
    }

    static String reviewsForJason() {
        return reviews("""
                  - match: [{headers: {end-user: {exact: jason}}}]
                    route: [{destination: {host: reviews, subset: v2}}]
                  - route: [{destination: {host: reviews, subset: v1}}]
                """);
    }

    static String ratingsFault(String fault) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: ratings}
                spec:
                  hosts: [ratings]
                  http:
                  - match: [{headers: {end-user: {exact: jason}}}]
                    fault: {%s}
                    route: [{destination: {host: ratings, subset: v1}}]
                  - route: [{destination: {host: ratings, subset: v1}}]
                """.formatted(fault);
    }

    /** {@return texts that must be refused, by what is wrong with them} */
    static Map<String, String> bad() {
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("broken YAML", "apiVersion: v1\nkind: [Service\n");
        bad.put("an unknown kind", "apiVersion: networking.istio.io/v1\nkind: VirtualServise\nmetadata: {name: x}\n");
        bad.put("an unknown field", reviews("  - rout: [{destination: {host: reviews, subset: v1}}]\n"));
        bad.put("a wrong type", reviews("  - timeout: 5\n    route: [{destination: {host: reviews, subset: v1}}]\n"));
        bad.put("an unknown subset", reviewsTo("v9"));
        bad.put("weights of zero", reviewsSplit("v1", 0, "v3", 0));
        bad.put(
                "a bad regular expression",
                reviews("  - match: [{uri: {regex: '('}}]\n    route: [{destination: {host: reviews, subset: v1}}]\n"));
        bad.put("the same host twice", """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews}
                spec:
                  hosts: [reviews, reviews]
                  http: [{route: [{destination: {host: reviews, subset: v1}}]}]
                """);
        bad.put("an oversized body", reviewsTo("v1") + "# " + "x".repeat(2_000_000));
        return bad;
    }
}
