package io.inmesh.server.extension;

import io.inmesh.server.rule.ExtensionProvider;
import io.inmesh.server.settings.Section;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What {@code envoyExtAuthzHttp} has beyond {@code envoyExtAuthzGrpc}. */
final class HttpSettings {
    private static final String SENT = "includeRequestHeadersInCheck";

    /** The name that {@link #SENT} had before; Istio reads it only where that one is not there. */
    private static final String SENT_ONCE = "includeHeadersInCheck";

    private static final String ADDED = "includeAdditionalHeadersInCheck";

    /** Source: RFC 9110, section 5.6.2 (token), without the star, which has a meaning here. */
    private static final String TOKEN = "[!#$%&'+.^_`|~0-9A-Za-z-]+";

    /** Source: RFC 9110, section 5.5, without what is not ASCII. */
    private static final String VALUE = "[!-~]([\\t -~]*[!-~])?";

    /** Source: RFC 3986, section 3.3; neither a query nor an empty segment, which could be read as a host. */
    private static final String PATH = "(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+/?";

    /** What a message needs for itself. */
    private static final Set<String> FIXED =
            Set.of("accept-encoding", "connection", "content-length", "host", "te", "transfer-encoding", "upgrade");

    private HttpSettings() {}

    static ExtensionProvider.Http read(Section http) {
        List<String> sentOnce = names(http, SENT_ONCE);
        List<String> sent = names(http, SENT);
        return new ExtensionProvider.Http(
                prefix(http),
                sent.isEmpty() ? sentOnce : sent,
                added(http),
                names(http, "headersToUpstreamOnAllow"),
                names(http, "headersToDownstreamOnDeny"),
                names(http, "headersToDownstreamOnAllow"));
    }

    private static String prefix(Section http) {
        String prefix = http.text("pathPrefix", "");
        if (!prefix.isEmpty() && !prefix.matches(PATH)) {
            throw http.fault("pathPrefix", "is \"" + prefix + "\" but has to be a path such as /check");
        }
        return prefix;
    }

    private static List<String> names(Section http, String field) {
        List<String> names = http.texts(field);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (!name.matches(TOKEN + "\\*?|\\*" + TOKEN)) {
                throw http.fault(
                        field + "[" + i + "]",
                        "is \"" + name + "\" but has to be a header as x-user, x-auth-* or *-id");
            }
        }
        return names;
    }

    private static SortedMap<String, String> added(Section http) {
        SortedMap<String, String> added = new TreeMap<>();
        for (Map.Entry<String, String> header : http.textMap(ADDED).entrySet()) {
            String name = header.getKey();
            String field = ADDED + "." + name;
            if (!name.matches(TOKEN) || FIXED.contains(name.toLowerCase(Locale.ROOT))) {
                throw http.fault(field, "is no header that can be added; leave it out");
            }
            if (!header.getValue().matches(VALUE)) {
                throw http.fault(field, "has to be printable ASCII without blanks around it");
            }
            if (added.put(name.toLowerCase(Locale.ROOT), header.getValue()) != null) {
                throw http.fault(field, "is there twice but for upper and lower case; leave one out");
            }
        }
        return added;
    }
}
