package io.inmesh.route;

import io.inmesh.config.Durations;
import io.inmesh.config.FieldProblems;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RewriteConfig;
import io.inmesh.config.RouteConfig;
import java.util.Set;

/** Finds what is wrong with a route. What passes here compiles. */
public final class RouteCheck {

    private RouteCheck() {}

    /** Reports everything that is wrong with a route. */
    public static void check(RouteConfig route, FieldProblems problems) {
        MatchCheck.check(route.match(), problems.within("match"));
        ActionCheck.check(route.action(), problems);
        Durations.checkPositive("timeout", route.timeout(), problems);
        retry(route.retry(), problems.within("retry"));
        if (route.fault() != null) {
            FaultCheck.check(route.fault(), problems.within("fault"));
        }
        if (route.rewrite() != null) {
            rewrite(route.rewrite(), problems.within("rewrite"));
        }
        HashKeyCheck.check(route.hashOn(), problems);
        EditsCheck.check(route.requestHeaders(), problems.within("requestHeaders"));
        EditsCheck.check(route.responseHeaders(), problems.within("responseHeaders"));
    }

    private static void retry(RetryConfig retry, FieldProblems problems) {
        Durations.checkPositive("perTryTimeout", retry.perTryTimeout(), problems);
        Durations.checkPositive("backoffBase", retry.backoffBase(), problems);
        Durations.checkPositive("backoffMax", retry.backoffMax(), problems);
        Set<Integer> codes = retry.statusCodes();
        codes.stream()
                .filter(code -> code < 100 || code > 599)
                .sorted()
                .forEach(code -> problems.report(
                        "statusCodes", code + " is not an HTTP status", "use statuses from 100 to 599"));
        if (!codes.isEmpty() && !retry.on().contains(RetryConfig.Condition.RETRIABLE_STATUS_CODES)) {
            problems.report("statusCodes", "has no effect", "add retriable-status-codes to the conditions");
        }
    }

    private static void rewrite(RewriteConfig rewrite, FieldProblems problems) {
        if (rewrite.regex() != null && rewrite.substitution() == null) {
            problems.report("substitution", "is missing", "say what the matches of regex become; it may be empty");
        } else if (rewrite.regex() == null && rewrite.substitution() != null) {
            problems.report("regex", "is missing", "say what the substitution replaces");
        } else if (rewrite.regex() != null && rewrite.substitution() != null) {
            substitution(rewrite.regex(), rewrite.substitution(), problems);
        }
        TextCheck.authority("authority", rewrite.authority(), problems);
    }

    private static void substitution(String regex, String substitution, FieldProblems problems) {
        try {
            new Substitution(regex, substitution);
        } catch (IllegalArgumentException e) {
            problems.report(
                    "regex", String.valueOf(e.getMessage()), "use RE2 syntax, and \\0 to \\9 for groups that exist");
        }
    }
}
