package io.inmesh.route;

import io.inmesh.call.Call;
import io.inmesh.call.HeaderSink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What decides where a call goes in a cluster that hashes. The same for all its attempts.
 *
 * @param hash the hash of its keys; a random number if it has none
 * @param source where the keys were found, in words; null if it has none
 * @param cookie what was made for a call without the cookie it should have; null if nothing was
 */
public record CallKey(
        long hash, @Nullable String source, @Nullable MadeCookie cookie) {

    /** {@return a part of the hash: enough to compare two calls by, too little to guess a key from} */
    public String digest() {
        return String.format("%04x", hash >>> 48);
    }

    /** Adds the cookie that was made, if any, to those of the request. */
    public void writeRequestHeaders(Call call, HeaderSink sink) {
        if (cookie != null) {
            // One header, since HTTP/1.1 allows no second; HTTP/2 may have split it (RFC 9113, section 8.2.3).
            List<String> all = new ArrayList<>(call.headerValues("cookie"));
            all.removeIf(String::isEmpty);
            all.add(cookie.pair());
            sink.set("cookie", String.join("; ", all));
        }
    }

    /** Tells the application of the cookie that was made, if any, as a server would. */
    public void writeResponseHeaders(HeaderSink sink) {
        if (cookie != null) {
            sink.add("set-cookie", cookie.setCookie());
        }
    }

    /**
     * A cookie that was made.
     *
     * @param pair name and value, as in a {@code Cookie} header
     * @param setCookie the same with attributes, as in a {@code Set-Cookie} header
     */
    public record MadeCookie(String pair, String setCookie) {}
}
