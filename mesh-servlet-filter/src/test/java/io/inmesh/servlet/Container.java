package io.inmesh.servlet;

import io.inmesh.Mesh;
import jakarta.servlet.DispatcherType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/** The containers that the filter is tested on. */
enum Container {
    JETTY {
        @Override
        Running start(Mesh mesh, MeshFilter filter, Application application, Settings settings) throws Exception {
            ThreadPool threads = settings.virtualThreads() ? new VirtualThreadPool() : new QueuedThreadPool();
            Server server = new Server(threads);
            ServerConnector connector = JettyTls.connector(server, mesh, 0);
            connector.setHost(settings.host());
            server.addConnector(connector);
            ServletContextHandler context =
                    new ServletContextHandler(application.contextPath.isEmpty() ? "/" : application.contextPath);
            if (settings.leniency() != Leniency.NONE) {
                boolean all = settings.leniency() == Leniency.ALL;
                connector
                        .getConnectionFactory(HttpConnectionFactory.class)
                        .getHttpConfiguration()
                        .setUriCompliance(all ? UriCompliance.UNSAFE : UriCompliance.LEGACY);
                context.getServletHandler().setDecodeAmbiguousURIs(all);
            }
            FilterHolder holder = new FilterHolder(filter);
            holder.setAsyncSupported(true);
            context.addFilter(holder, "/*", EnumSet.allOf(DispatcherType.class));
            application.servlets.forEach((pattern, servlet) -> {
                ServletHolder servletHolder = new ServletHolder(servlet);
                servletHolder.setAsyncSupported(true);
                context.addServlet(servletHolder, pattern);
            });
            ErrorPageErrorHandler pages = new ErrorPageErrorHandler();
            application.statusPages.forEach(pages::addErrorPage);
            application.exceptionPages.forEach((type, path) -> pages.addErrorPage(type, path));
            context.setErrorHandler(pages);
            server.setHandler(context);
            server.start();
            return new Running(connector.getLocalPort(), server::stop);
        }
    },

    TOMCAT {
        @Override
        Running start(Mesh mesh, MeshFilter filter, Application application, Settings settings) throws Exception {
            Path directory = Files.createDirectories(Path.of("target", "tomcat"));
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(directory.toString());
            Connector connector = TomcatTls.connector(mesh, 0);
            connector.setProperty("address", settings.host());
            if (settings.leniency() != Leniency.NONE) {
                String handling = settings.leniency() == Leniency.ALL ? "decode" : "passthrough";
                connector.setEncodedSolidusHandling(handling);
                connector.setEncodedReverseSolidusHandling(handling);
                connector.setAllowBackslash(true);
                connector.setProperty("relaxedPathChars", "\\|{}[]^`\"<>");
            }
            if (settings.virtualThreads()) {
                connector.setProperty("useVirtualThreads", "true");
            }
            tomcat.setConnector(connector);
            Context context = tomcat.addContext(application.contextPath, null);
            FilterDef definition = new FilterDef();
            definition.setFilterName("mesh");
            definition.setFilter(filter);
            definition.setAsyncSupported("true");
            context.addFilterDef(definition);
            FilterMap map = new FilterMap();
            map.setFilterName("mesh");
            map.addURLPattern("/*");
            EnumSet.allOf(DispatcherType.class).forEach(type -> map.setDispatcher(type.name()));
            context.addFilterMap(map);
            application.servlets.forEach((pattern, servlet) -> {
                Wrapper wrapper = Tomcat.addServlet(context, pattern, servlet);
                wrapper.setAsyncSupported(true);
                context.addServletMappingDecoded(pattern, pattern);
            });
            application.welcomeFiles.forEach(context::addWelcomeFile);
            application.statusPages.forEach((status, path) -> {
                ErrorPage page = new ErrorPage();
                page.setErrorCode(status);
                page.setLocation(path);
                context.addErrorPage(page);
            });
            application.exceptionPages.forEach((type, path) -> {
                ErrorPage page = new ErrorPage();
                page.setExceptionType(type.getName());
                page.setLocation(path);
                context.addErrorPage(page);
            });
            tomcat.start();
            return new Running(connector.getLocalPort(), () -> {
                tomcat.stop();
                tomcat.destroy();
            });
        }
    };

    static {
        // Containers log at length what these tests provoke, through loggers whose levels they set themselves.
        Stream.of(Logger.getLogger("").getHandlers()).forEach(handler -> handler.setLevel(Level.OFF));
    }

    /** Which paths a container takes that it refuses by default. */
    enum Leniency {
        NONE,
        /** What applications of old need: Jetty's mode of that name, Tomcat leaving encoded slashes alone. */
        LEGACY,
        /** Every path it can be made to take. */
        ALL
    }

    /**
     * How to listen.
     *
     * @param host address to listen on
     * @param leniency which paths the container takes besides those it takes by default
     * @param virtualThreads whether requests run on virtual threads
     */
    record Settings(String host, Leniency leniency, boolean virtualThreads) {
        static final Settings USUAL = new Settings("127.0.0.1", Leniency.NONE, false);
        static final Settings VIRTUAL_THREADS = new Settings("127.0.0.1", Leniency.NONE, true);
        static final Settings IPV6 = new Settings("::1", Leniency.NONE, false);

        static Settings of(Leniency leniency) {
            return new Settings("127.0.0.1", leniency, false);
        }
    }

    /** Stops a server and waits until it has stopped. */
    interface Stop {
        void now() throws Exception;
    }

    /** A server that listens. */
    record Running(int port, Stop stop) {}

    abstract Running start(Mesh mesh, MeshFilter filter, Application application, Settings settings) throws Exception;
}
