package io.inmesh.okhttp;

/**
 * Request tag by which the application says whether repeating a request is harmless, where its method does not tell.
 *
 * <pre>{@code
 * new Request.Builder().url(url).post(body).tag(Idempotent.class, Idempotent.YES).build();
 * }</pre>
 */
public enum Idempotent {
    /** Repeating it has no further effect: it may be retried even after it may have been processed. */
    YES,
    /** It must not be repeated once it may have left this process, whatever its method says. */
    NO
}
