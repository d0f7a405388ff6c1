package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.config.MeshConfig;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

/** The libraries for HTTP/2 are optional. */
class WithoutHttp2Test {

    @Test
    void connectorSpeaksHttp11WhereTheLibrariesAreMissing() throws Exception {
        Server server = new Server();
        try (Mesh mesh = Mesh.of(MeshConfig.EMPTY)) {
            Class<?> jettyTls = new Poor().loadClass(JettyTls.class.getName());
            ServerConnector connector =
                    (ServerConnector) jettyTls.getMethod("connector", Server.class, Mesh.class, int.class)
                            .invoke(null, server, mesh, 0);
            server.addConnector(connector);
            server.start();
            assertThat(connector.getProtocols()).contains("http/1.1").doesNotContain("h2", "h2c", "alpn");
            assertThat(JettyTls.connector(server, mesh, 0).getProtocols()).contains("http/1.1", "h2", "h2c", "alpn");
        } finally {
            server.stop();
        }
    }

    /** Loads this module's classes anew, on a class path that has everything but HTTP/2. */
    private static final class Poor extends ClassLoader {
        Poor() {
            super(WithoutHttp2Test.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.eclipse.jetty.http2.") || name.startsWith("org.eclipse.jetty.alpn.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("io.inmesh.servlet.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
