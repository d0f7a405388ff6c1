package io.inmesh.route;

import io.inmesh.config.FieldProblems;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteAction.DirectResponse;
import io.inmesh.config.RouteAction.Forward;
import io.inmesh.config.RouteAction.Mirror;
import io.inmesh.config.RouteAction.Redirect;
import io.inmesh.config.RouteAction.WeightedCluster;
import java.util.List;
import java.util.Set;

/** Finds what is wrong with what a route does. */
final class ActionCheck {

    private static final int WHOLE = 1_000_000;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private ActionCheck() {}

    static void check(RouteAction action, FieldProblems problems) {
        if (action instanceof Forward forward) {
            forward(forward.clusters(), problems);
            mirrors(forward.mirrors(), problems);
        } else if (action instanceof DirectResponse direct) {
            if (direct.status() < 200 || direct.status() > 599) {
                problems.report("directResponse.status", "is " + direct.status(), "use a status from 200 to 599");
            }
        } else if (action instanceof Redirect redirect) {
            redirect(redirect, problems.within("redirect"));
        }
    }

    private static void forward(List<WeightedCluster> clusters, FieldProblems problems) {
        if (clusters.isEmpty()) {
            problems.report("to", "names no cluster", "name at least one");
            return;
        }
        long sum = clusters.stream().mapToLong(WeightedCluster::weight).sum();
        if (clusters.size() > 1 && sum == 0) {
            problems.report("to", "has only weights of zero", "give at least one cluster a positive weight");
        }
        for (int i = 0; i < clusters.size(); i++) {
            FieldProblems cluster = problems.within("to[" + i + "]");
            EditsCheck.check(clusters.get(i).requestHeaders(), cluster.within("requestHeaders"));
            EditsCheck.check(clusters.get(i).responseHeaders(), cluster.within("responseHeaders"));
            TextCheck.authority("authority", clusters.get(i).authority(), cluster);
        }
    }

    private static void mirrors(List<Mirror> mirrors, FieldProblems problems) {
        for (int i = 0; i < mirrors.size(); i++) {
            int millionths = mirrors.get(i).millionths();
            if (millionths < 0 || millionths > WHOLE) {
                problems.within("mirrors[" + i + "]")
                        .report("percent", "is " + millionths / 10_000.0, "use a share from 0 to 100");
            }
        }
    }

    private static void redirect(Redirect redirect, FieldProblems problems) {
        if (!REDIRECTS.contains(redirect.status())) {
            problems.report("status", "is " + redirect.status(), "use 301, 302, 303, 307 or 308");
        }
        if (redirect.path() != null && redirect.prefixRewrite() != null) {
            problems.report("prefixRewrite", "is given beside path", "keep one of the two");
        }
        if (redirect.path() != null && !redirect.path().startsWith("/")) {
            problems.report("path", "\"" + redirect.path() + "\" is not a path", "begin it with a slash");
        }
        TextCheck.value("path", redirect.path(), problems);
        TextCheck.value("prefixRewrite", redirect.prefixRewrite(), problems);
        TextCheck.authority("host", redirect.host(), problems);
        if (redirect.port() == 0 || redirect.port() < -1 || redirect.port() > 65535) {
            problems.report("port", "is " + redirect.port(), "use a port from 1 to 65535, or leave it out");
        }
        if (redirect.scheme() != null
                && !redirect.scheme().equals("http")
                && !redirect.scheme().equals("https")) {
            problems.report("scheme", "is \"" + redirect.scheme() + "\"", "use http or https");
        }
    }
}
