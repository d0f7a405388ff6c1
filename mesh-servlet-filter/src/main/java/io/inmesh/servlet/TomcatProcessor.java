package io.inmesh.servlet;

import jakarta.servlet.ServletConnection;
import org.apache.coyote.Adapter;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.ServletConnectionImpl;

/** Tells the application of each request whether the connection it came on is secured, which Tomcat takes to be the same for all of a port. */
final class TomcatProcessor extends Http11Processor {

    private final Adapter plaintext;

    TomcatProcessor(TomcatProtocol protocol, Adapter secured, Adapter plaintext) {
        super(protocol, secured);
        this.plaintext = plaintext;
    }

    @Override
    public Adapter getAdapter() {
        return sslSupport == null ? plaintext : super.getAdapter();
    }

    @Override
    protected ServletConnection getServletConnection() {
        ServletConnection connection = super.getServletConnection();
        return new ServletConnectionImpl(
                connection.getConnectionId(),
                connection.getProtocol(),
                connection.getProtocolConnectionId(),
                sslSupport != null);
    }
}
