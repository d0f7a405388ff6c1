package io.inmesh.route;

import io.inmesh.config.FieldProblems;
import io.inmesh.config.VirtualHostConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Finds domains that could never match, and domains that two virtual hosts claim for one port. */
public final class DomainCheck {

    private final Map<Claim, String> claimed = new HashMap<>();

    /** Makes a check that has seen no virtual host. */
    public DomainCheck() {}

    /** Reports everything that is wrong with the domains of the next virtual host. */
    public void check(VirtualHostConfig host, FieldProblems problems) {
        List<String> domains = host.domains();
        if (domains.isEmpty()) {
            problems.report("domains", "is empty", "name at least one host");
        }
        for (int i = 0; i < domains.size(); i++) {
            String field = "domains[" + i + "]";
            syntax(field, domains.get(i), problems);
            String domain = HostNames.withoutTrailingDot(domains.get(i));
            String other = claimed.put(new Claim(domain, host.port()), host.name());
            // A name with and without trailing dot is one name, so Istio's lists have it twice.
            if (other != null && !other.equals(host.name())) {
                String port = host.port() == 0 ? "every port" : "port " + host.port();
                problems.report(
                        field,
                        "\"" + domain + "\" is taken on " + port + " by virtual host \"" + other + "\"",
                        "leave it to one of them");
            }
        }
    }

    private static void syntax(String field, String domain, FieldProblems problems) {
        if (domain.isEmpty()) {
            problems.report(field, "is empty", "name a host, or use * for every host");
        } else if (!domain.equals(domain.toLowerCase(Locale.ROOT))) {
            problems.report(field, "\"" + domain + "\" has capitals", "write host names in lower case");
        } else if (domain.lastIndexOf('*') > 0) {
            problems.report(
                    field, "\"" + domain + "\" has an asterisk inside", "put it first, as in *.example.com, or alone");
        } else if (domain.indexOf('/') >= 0 || domain.indexOf(' ') >= 0) {
            problems.report(field, "\"" + domain + "\" is not a host name", "write the name alone");
        }
    }

    private record Claim(String domain, int port) {}
}
