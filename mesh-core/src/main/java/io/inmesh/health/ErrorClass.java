package io.inmesh.health;

/** What an ended attempt says about the endpoint it was sent to. Source: Envoy's kinds of outlier detection. */
public enum ErrorClass {
    /** The endpoint did its work. */
    NONE,
    /** It answered 500, or another 5xx that is not {@link #GATEWAY_ERROR}. */
    SERVER_ERROR,
    /** It answered 502, 503 or 504. */
    GATEWAY_ERROR,
    /** There was no answer: no connection, a broken one, or a timeout. */
    LOCAL_ORIGIN
}
