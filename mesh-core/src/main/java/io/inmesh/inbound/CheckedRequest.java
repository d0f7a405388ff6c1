package io.inmesh.inbound;

import io.inmesh.authz.EncodedPath;
import io.inmesh.call.InboundCall;
import io.inmesh.call.RequestEdits;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.external.ExternalCheck;
import io.inmesh.external.HeaderValues;
import io.inmesh.identity.IdentityHeaders;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Describes a request to an external authorizer as the application would see it: what it judges is what is let in. */
final class CheckedRequest {

    private CheckedRequest() {}

    static ExternalCheck of(InboundWork work, ExternalAuthorizerConfig authorizer, long epochMillis) {
        InboundCall call = work.call();
        String path = EncodedPath.of(work.canonicalPath());
        String query = call.query();
        return new ExternalCheck(
                authorizer,
                epochMillis,
                Objects.requireNonNullElse(call.wireProtocol(), ""),
                call.method(),
                call.scheme(),
                call.port() > 0 ? call.host() + ":" + call.port() : call.host(),
                query == null ? path : path + "?" + query,
                headers(call, work.edits()),
                call.peer(),
                call.peerAddress(),
                call.localAddress(),
                call.localPort());
    }

    private static Map<String, String> headers(InboundCall call, RequestEdits edits) {
        Set<String> names = new LinkedHashSet<>(call.headerNames());
        edits.setHeaders().forEach(header -> names.add(header.getKey()));
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : names) {
            List<String> values = IdentityHeaders.hides(name) ? List.of() : edits.headerValues(call, name);
            if (!values.isEmpty()) {
                headers.put(name, HeaderValues.joined(name, values));
            }
        }
        return headers;
    }
}
