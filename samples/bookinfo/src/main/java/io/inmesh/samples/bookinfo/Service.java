package io.inmesh.samples.bookinfo;

import io.inmesh.Mesh;
import io.inmesh.servlet.JettyTls;
import io.inmesh.servlet.MeshFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A Jetty server behind the mesh: what the HTTP services of this sample have in common. */
final class Service {

    private static final Duration JOIN_LIMIT = Duration.ofSeconds(60);
    private static final int THREADS = 24;

    private final String name;
    private final Mesh mesh;
    private final Server server;
    private final ServletContextHandler context = new ServletContextHandler("/");

    Service(String name, Mesh mesh) {
        this.name = name;
        this.mesh = mesh;
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
        threads.setName(name);
        this.server = new Server(threads);
        FilterHolder filter = new FilterHolder(new MeshFilter(mesh));
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.allOf(DispatcherType.class));
        server.setHandler(context);
    }

    /** Joins the mesh and waits until there are a configuration and a certificate. */
    static Mesh join() {
        Scrapes.open();
        Mesh mesh = Mesh.join();
        if (!mesh.awaitReady(JOIN_LIMIT)) {
            throw new IllegalStateException(
                    "the mesh gave no configuration and certificate within a minute: " + mesh.status());
        }
        return mesh;
    }

    void servlet(String path, HttpServlet servlet) {
        context.addServlet(new ServletHolder(servlet), path);
    }

    /** Adds a listener for browsers, which have no certificate of the mesh: what an ingress would do. */
    Service browsers(int port, HttpServlet servlet, String... paths) throws Exception {
        Server front = new Server(new QueuedThreadPool(THREADS, 2));
        ServerConnector connector = new ServerConnector(front, 1, 1);
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        front.addConnector(connector);
        ServletContextHandler open = new ServletContextHandler("/");
        open.addFilter(new FilterHolder(new Ingress()), "/*", EnumSet.of(DispatcherType.REQUEST));
        for (String path : paths) {
            open.addServlet(new ServletHolder(servlet), path);
        }
        front.setHandler(open);
        front.start();
        return this;
    }

    /** Listens, tells the mesh, and leaves it gracefully when the process is asked to end. */
    void run() throws Exception {
        ServerConnector connector = JettyTls.connector(server, mesh, port());
        connector.setHost(System.getenv().getOrDefault("LISTEN_ADDRESS", "127.0.0.1"));
        server.addConnector(connector);
        server.setStopTimeout(5000);
        server.start();
        mesh.serve(Map.of("http", connector.getLocalPort()));
        onStop(mesh, () -> {
            try {
                server.stop();
            } catch (Exception e) {
                throw new IllegalStateException("the server could not be stopped", e);
            }
        });
        System.out.println(name + " serves on port " + connector.getLocalPort());
        server.join();
    }

    /** Has a process leave the mesh before its server stops, so that no caller fails. */
    static void onStop(Mesh mesh, Runnable stopServer) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            mesh.drain();
            stopServer.run();
            mesh.close();
        }));
    }

    /** {@return the port to listen on: {@code LISTEN_PORT}, or any free one} */
    static int port() {
        return Integer.parseInt(System.getenv().getOrDefault("LISTEN_PORT", "0"));
    }
}
