package io.inmesh.server.jwks;

import io.inmesh.server.rule.IpAddresses;
import io.inmesh.server.settings.Section;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Section {@code jwks} of the settings file.
 *
 * @param allow beginnings of URLs that may be asked for keys; {@code https} unless the host is this machine
 * @param privateAddresses blocks of addresses that may be asked though they are not public
 * @param refresh how often keys are fetched anew, 20 min by default as in Istio
 * @param timeout how long one fetch may take, 5 s by default as in Istio
 */
public record JwksSettings(List<String> allow, List<String> privateAddresses, Duration refresh, Duration timeout) {

    private static final Duration USUAL_REFRESH = Duration.ofMinutes(20);
    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(5);
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Copies the lists. */
    public JwksSettings {
        allow = List.copyOf(allow);
        privateAddresses = List.copyOf(privateAddresses);
    }

    /** {@return what a settings file says; nothing may be asked without the section} */
    public static JwksSettings read(Section settings) {
        Section jwks = settings.section("jwks");
        List<String> allow = jwks.texts("allow");
        for (int i = 0; i < allow.size(); i++) {
            if (!allowed(allow.get(i))) {
                throw jwks.fault(
                        "allow[" + i + "]",
                        "is \"" + allow.get(i)
                                + "\" but has to be the beginning of a URL such as https://issuer.example/; "
                                + "http is for localhost only");
            }
        }
        List<String> addresses = jwks.texts("privateAddresses");
        for (int i = 0; i < addresses.size(); i++) {
            if (!IpAddresses.validBlock(addresses.get(i))) {
                throw jwks.fault(
                        "privateAddresses[" + i + "]",
                        "is \"" + addresses.get(i) + "\" but has to be a block of addresses such as 10.0.0.0/8");
            }
        }
        return new JwksSettings(
                allow, addresses, jwks.duration("refresh", USUAL_REFRESH), jwks.duration("timeout", USUAL_TIMEOUT));
    }

    private static boolean allowed(String url) {
        try {
            URI uri = new URI(url);
            return uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && ("https".equals(uri.getScheme()) || ("http".equals(uri.getScheme()) && thisMachine(uri)));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** {@return whether a URL is written as one of this very machine, so that whoever allowed it meant that} */
    static boolean thisMachine(URI uri) {
        return THIS_MACHINE.contains(uri.getHost());
    }
}
