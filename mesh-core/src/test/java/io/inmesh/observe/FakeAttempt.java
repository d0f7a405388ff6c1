package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.HeaderSink;
import io.inmesh.config.EndpointConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.ConnectionSecurity;
import java.util.Map;
import java.util.TreeMap;

/** An attempt that remembers the headers added to it. */
record FakeAttempt(Call call, Endpoint endpoint, ConnectionSecurity security, int number, Map<String, String> headers)
        implements Attempt {

    FakeAttempt(Call call, String cluster, int number) {
        this(call, new Endpoint(cluster, EndpointConfig.of("10.0.0.7", 9080)), null, number, new TreeMap<>());
    }

    @Override
    public String cluster() {
        return endpoint.cluster();
    }

    @Override
    public long deadlineNanos() {
        return Long.MAX_VALUE;
    }

    @Override
    public long connectTimeoutNanos() {
        return 1;
    }

    @Override
    public String rewrittenPath() {
        return null;
    }

    @Override
    public String rewrittenAuthority() {
        return null;
    }

    @Override
    public void writeRequestHeaders(HeaderSink sink) {
        headers.forEach(sink::set);
    }

    @Override
    public void writeResponseHeaders(HeaderSink sink) {}

    @Override
    public boolean editsResponse() {
        return false;
    }

    @Override
    public void setHeader(String name, String value) {
        headers.put(name, value);
    }
}
