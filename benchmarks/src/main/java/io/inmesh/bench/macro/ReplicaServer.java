package io.inmesh.bench.macro;

import io.inmesh.Mesh;
import io.inmesh.bench.process.Replies;
import io.inmesh.config.MeshConfig;
import io.inmesh.servlet.MeshFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A process that serves behind the mesh's filter, with a few workers that each need some time, and something wrong with it if asked. */
final class ReplicaServer {

    private static final int WORKERS = 8;

    private ReplicaServer() {}

    /**
     * Serves, says on which port, and ends with its input.
     *
     * @param arguments milliseconds a worker needs, and the share of requests to answer with 503 at once
     */
    public static void main(String[] arguments) throws Exception {
        long workMillis = Long.parseLong(arguments[0]);
        double failing = Double.parseDouble(arguments[1]);
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        context.addFilter(
                new FilterHolder(new MeshFilter(Mesh.of(MeshConfig.EMPTY))), "/*", EnumSet.of(DispatcherType.REQUEST));
        context.addServlet(new ServletHolder(new Work(workMillis, failing)), "/*");
        server.setHandler(context);
        server.start();
        Replies.answer(Integer.toString(connector.getLocalPort()));
        Replies.serve(line -> "");
        System.exit(0);
    }

    /** Takes a worker's time, as a call to a database would: the thread waits, the processor does not work. */
    private static final class Work extends HttpServlet {
        private static final long serialVersionUID = 1;

        private final transient Semaphore workers = new Semaphore(WORKERS, true);
        private final long workMillis;
        private final double failing;

        Work(long workMillis, double failing) {
            this.workMillis = workMillis;
            this.failing = failing;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (ThreadLocalRandom.current().nextDouble() < failing) {
                response.setStatus(503);
                return;
            }
            try {
                workers.acquire();
                try {
                    Thread.sleep(workMillis);
                } finally {
                    workers.release();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                response.setStatus(500);
                return;
            }
            response.getOutputStream().write(new byte[64]);
        }
    }
}
