package io.inmesh.samples.bookinfo;

import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import java.util.regex.Pattern;

/** What tells one request of a user from all others, handed from service to service by the services themselves, as with every mesh. */
final class RequestIds {

    /** The header that access logs, {@code meshctl tap} and {@code meshctl explain} know. */
    static final String HEADER = "x-request-id";

    private static final Pattern FIT = Pattern.compile("[!-~]{1,128}");

    private RequestIds() {}

    /** {@return the id that a request came with; one of its own if there is none, or none that can be a header of ours} */
    static String of(HttpServletRequest request) {
        String id = request.getHeader(HEADER);
        return id != null && FIT.matcher(id).matches() ? id : UUID.randomUUID().toString();
    }
}
