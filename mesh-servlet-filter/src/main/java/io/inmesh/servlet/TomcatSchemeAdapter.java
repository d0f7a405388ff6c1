package io.inmesh.servlet;

import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;

/** Hands requests on to the application with the scheme of the connection they came on. */
final class TomcatSchemeAdapter implements Adapter {

    private final Adapter application;
    private final String scheme;

    TomcatSchemeAdapter(Adapter application, String scheme) {
        this.application = application;
        this.scheme = scheme;
    }

    @Override
    public void service(Request request, Response response) throws Exception {
        request.scheme().setString(scheme);
        application.service(request, response);
    }

    @Override
    public boolean prepare(Request request, Response response) throws Exception {
        return application.prepare(request, response);
    }

    @Override
    public boolean asyncDispatch(Request request, Response response, SocketEvent event) throws Exception {
        return application.asyncDispatch(request, response, event);
    }

    @Override
    public void log(Request request, Response response, long time) {
        application.log(request, response, time);
    }

    @Override
    public void checkRecycled(Request request, Response response) {
        application.checkRecycled(request, response);
    }

    @Override
    public String getDomain() {
        return application.getDomain();
    }
}
