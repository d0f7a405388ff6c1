package io.inmesh.server.fetch;

import io.inmesh.server.settings.Section;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/** URLs of settings: HTTPS, or HTTP to this very machine. */
public final class ServerUrl {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private ServerUrl() {}

    /** {@return the URL in a field; what else is written there is an error} */
    public static URI read(Section section, String field) {
        String text = section.text(field);
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
            boolean secure = scheme.equals("https") || (scheme.equals("http") && LOOPBACK.contains(host));
            if (secure && !host.isEmpty() && uri.getUserInfo() == null && uri.getFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException notUrl) {
            throw section.fault(field, "is \"" + text + "\" but has to be a URL such as https://issuer.example/keys");
        }
        throw section.fault(
                field,
                "is \"" + text + "\" but has to be https://..., without user or fragment; http:// is for this machine"
                        + " only");
    }
}
