package io.inmesh.load;

/** Names by which load is asked for and reported. */
public final class LoadHeaders {

    /** Request header by which a caller asks for the server's load on the response. */
    public static final String ASK = "x-inmesh-ask-load";

    /** Its only value. */
    public static final String ASKED = "1";

    /** Response header with a report in words. Source: Envoy {@code endpoint-load-metrics}. */
    public static final String TEXT = "endpoint-load-metrics";

    /** Trailer with a binary report. Source: gRFC A51 {@code endpoint-load-metrics-bin}. */
    public static final String BINARY = "endpoint-load-metrics-bin";

    /** Path of a request that asks for nothing but the load. */
    public static final String PROBE_PATH = "/.inmesh/load";

    /** gRPC method of a request that asks for nothing but the load, without the leading slash. */
    public static final String PROBE_METHOD = "inmesh.Load/Get";

    /** The path of that method. */
    public static final String PROBE_METHOD_PATH = "/" + PROBE_METHOD;

    private LoadHeaders() {}
}
