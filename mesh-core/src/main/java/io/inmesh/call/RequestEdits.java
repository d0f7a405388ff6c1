package io.inmesh.call;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the application sees of a request otherwise than it came in. What is hidden is hidden in every form the server offers it in; what is
 * set is set after that.
 *
 * @param hiddenHeaders lower case names of headers
 * @param hiddenParams names of query parameters
 * @param hiddenCookies names of cookies, which adapters that parse cookies leave out; the {@code cookie} header itself is among the headers
 * @param setHeaders headers with their only value, by lower case name
 */
public record RequestEdits(
        Set<String> hiddenHeaders,
        Set<String> hiddenParams,
        Set<String> hiddenCookies,
        List<Map.Entry<String, String>> setHeaders) {

    /** Shows everything as it came. */
    public static final RequestEdits NONE = new RequestEdits(Set.of(), Set.of(), Set.of(), List.of());

    /** Copies the collections. */
    public RequestEdits {
        hiddenHeaders = Set.copyOf(hiddenHeaders);
        hiddenParams = Set.copyOf(hiddenParams);
        hiddenCookies = Set.copyOf(hiddenCookies);
        setHeaders = List.copyOf(setHeaders);
    }

    /** {@return edits that hide headers} */
    public static RequestEdits hiding(Set<String> headers) {
        return headers.isEmpty() ? NONE : new RequestEdits(headers, Set.of(), Set.of(), List.of());
    }

    /** {@return these edits and then others; what both set has the others' value} */
    public RequestEdits then(RequestEdits later) {
        if (this == NONE || later == NONE) {
            return this == NONE ? later : this;
        }
        List<Map.Entry<String, String>> set = new ArrayList<>(setHeaders);
        set.removeIf(header -> later.hiddenHeaders.contains(header.getKey())
                || later.setHeaders.stream().anyMatch(other -> other.getKey().equals(header.getKey())));
        set.addAll(later.setHeaders);
        return new RequestEdits(
                union(hiddenHeaders, later.hiddenHeaders),
                union(hiddenParams, later.hiddenParams),
                union(hiddenCookies, later.hiddenCookies),
                set);
    }

    /**
     * {@return all values of a header as the application sees them}
     *
     * @param call the request as it came in
     * @param name lower case
     */
    public List<String> headerValues(Call call, String name) {
        if (this == NONE) {
            return call.headerValues(name);
        }
        for (Map.Entry<String, String> header : setHeaders) {
            if (header.getKey().equals(name)) {
                return List.of(header.getValue());
            }
        }
        return hiddenHeaders.contains(name) ? List.of() : call.headerValues(name);
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> all = new HashSet<>(one);
        all.addAll(other);
        return all;
    }
}
