package io.inmesh.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Sends requests as they are written, since the interesting ones are those that clients refuse to send. */
record RawClient(String host, int port, @Nullable SSLContext tls) {

    /** So long that only a test that fails waits for it, on a machine that does ten other things too. */
    private static final int PATIENCE_MILLIS = 120_000;

    /** What came back until the server closed the connection. */
    record Reply(int status, String text) {

        String body() {
            return text.substring(text.indexOf("\r\n\r\n") + 4);
        }
    }

    /** {@return the answer to a GET} */
    Reply get(String path, String... headers) throws IOException {
        return send("GET", path, headers);
    }

    /** {@return the answer to a request without body} */
    Reply send(String method, String path, String... headers) throws IOException {
        return exchange(head(method, path, headers));
    }

    /** {@return the head of a request that is the last on its connection} */
    static String head(String method, String path, String... headers) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        if (!String.join("\n", headers).contains("Host:")) {
            head.append("Host: reviews:9080\r\n");
        }
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("Connection: close\r\n\r\n").toString();
    }

    /** {@return the answer to some bytes} */
    Reply exchange(String request) throws IOException {
        try (Socket socket = connect()) {
            write(socket, request);
            return read(socket.getInputStream());
        }
    }

    /** {@return a connection, after the handshake if it is TLS} */
    Socket connect() throws IOException {
        Socket socket = new Socket(host, port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return tls == null ? socket : tls.getSocketFactory().createSocket(socket, host, port, true);
    }

    static void write(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static Reply read(InputStream in) throws IOException {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        if (!text.startsWith("HTTP/1.1 ")) {
            throw new IOException("not an HTTP answer: " + text);
        }
        return new Reply(Integer.parseInt(text.substring(9, 12)), text);
    }
}
