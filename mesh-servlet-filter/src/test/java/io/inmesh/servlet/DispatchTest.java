package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.call.InboundCall;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.AuthorizationConfig.Action;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.StringMatch;
import io.inmesh.observe.InboundObserver;
import io.inmesh.observe.MeshObserver;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the filter does when it meets a request in a later dispatch. */
class DispatchTest {

    private static final ThreadLocal<String> TRACE = new ThreadLocal<>();

    @Test
    void traceIsCurrentInAsynchronousDispatchesToo() throws Exception {
        Application application = new Application()
                .on("/", (request, response) -> {
                    request.setAttribute("first", TRACE.get());
                    request.startAsync().dispatch("/later");
                })
                .on(
                        "/later",
                        (request, response) ->
                                response.getWriter().print(request.getAttribute("first") + " and " + TRACE.get()));
        assertThat(answer(application, MeshConfig.EMPTY, null, "/")).contains("traced and traced");
    }

    /** A filter before this one that forwards must not lead around the policies. */
    @Test
    void forwardThatCameBeforeTheFilterIsJudgedByItsTarget() throws Exception {
        Application application = new Application()
                .on("/*", (request, response) -> response.getWriter().print("served"));
        MeshConfig denyAdmin = MeshConfig.builder()
                .inbound(new InboundConfig(
                        Mtls.PERMISSIVE,
                        List.of(new AuthorizationConfig(
                                Action.DENY,
                                List.of(new Policy("no-admin", new Condition.Path(StringMatch.prefix("/admin")))))),
                        ""))
                .build();
        Filter forwarder = (request, response, chain) ->
                request.getRequestDispatcher("/admin").forward(request, response);
        assertThat(answer(application, denyAdmin, forwarder, "/open"))
                .startsWith("HTTP/1.1 403")
                .doesNotContain("served");
        assertThat(answer(application, denyAdmin, null, "/open")).contains("served");
    }

    private static String answer(Application application, MeshConfig config, @Nullable Filter before, String path)
            throws Exception {
        try (Mesh mesh = Mesh.builder().config(config).observer(new Tracer()).build()) {
            Server server = new Server();
            ServerConnector connector = JettyTls.connector(server, mesh, 0);
            connector.setHost("127.0.0.1");
            server.addConnector(connector);
            ServletContextHandler context = new ServletContextHandler("/");
            if (before != null) {
                context.addFilter(new FilterHolder(before), "/*", EnumSet.of(DispatcherType.REQUEST));
            }
            FilterHolder filter = new FilterHolder(new MeshFilter(mesh));
            filter.setAsyncSupported(true);
            context.addFilter(filter, "/*", EnumSet.allOf(DispatcherType.class));
            application.servlets.forEach((pattern, servlet) -> {
                ServletHolder holder = new ServletHolder(servlet);
                holder.setAsyncSupported(true);
                context.addServlet(holder, pattern);
            });
            server.setHandler(context);
            server.start();
            try {
                return new RawClient("127.0.0.1", connector.getLocalPort(), null)
                        .get(path)
                        .text();
            } finally {
                server.stop();
            }
        }
    }

    /** Makes a word current where a tracer would make a span. */
    private static final class Tracer implements MeshObserver {
        @Override
        public InboundObserver inboundStarted(InboundCall call) {
            return new InboundObserver() {
                @Override
                public Scope enter() {
                    TRACE.set("traced");
                    return TRACE::remove;
                }
            };
        }
    }
}
