package io.inmesh.server.jwks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Fetches documents from addresses that were judged. A client that resolves names itself could be told another address the second time;
 * so this one resolves once, judges every address, and connects to what it judged. Redirects are not followed, and neither proxies nor
 * credentials are used.
 */
final class PinnedFetcher implements KeyFetcher {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final AddressGuard guard;
    private final Duration timeout;
    private final LongSupplier nanos;

    /**
     * Makes a fetcher.
     *
     * @param guard which addresses may be connected to
     * @param timeout how long one document may take in all
     * @param nanos monotonic time
     */
    PinnedFetcher(AddressGuard guard, Duration timeout, LongSupplier nanos) {
        this.guard = guard;
        this.timeout = timeout;
        this.nanos = nanos;
    }

    @Override
    public String get(String url) throws IOException {
        URI uri = parse(url);
        boolean secure = "https".equals(uri.getScheme());
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
        long deadline = nanos.getAsLong() + timeout.toNanos();
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(judged(uri), port), remainingMillis(deadline));
            plain.setSoTimeout(remainingMillis(deadline));
            try (Socket socket = secure ? overTls(plain, uri.getHost(), port) : plain) {
                socket.getOutputStream().write(request(uri).getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
                return new HttpAnswer(read(socket, deadline)).document();
            }
        } catch (SocketTimeoutException e) {
            throw new IOException("no answer within " + timeout.toMillis() + " ms", e);
        }
    }

    private static URI parse(String url) throws IOException {
        try {
            URI uri = new URI(url);
            if (uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                return uri;
            }
            throw new IOException("it is no URL of a document");
        } catch (URISyntaxException e) {
            throw new IOException("it is no URL of a document", e);
        }
    }

    private InetAddress judged(URI uri) throws IOException {
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(uri.getHost());
        } catch (UnknownHostException e) {
            throw new IOException("its name cannot be resolved", e);
        }
        boolean thisMachine = JwksSettings.thisMachine(uri);
        for (InetAddress address : addresses) {
            if (!guard.permits(address) && !(thisMachine && address.isLoopbackAddress())) {
                throw new IOException("it leads to " + address.getHostAddress()
                        + ", which is no public address; if that is meant, add it to jwks.privateAddresses");
            }
        }
        if ("http".equals(uri.getScheme()) && !thisMachine) {
            throw new IOException("only https is asked for keys");
        }
        return addresses[0];
    }

    private static Socket overTls(Socket plain, String host, int port) throws IOException {
        SSLSocket socket =
                (SSLSocket) ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static String request(URI uri) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        return "GET " + target + " HTTP/1.1\r\nHost: " + uri.getRawAuthority()
                + "\r\nAccept: application/json\r\nConnection: close\r\n\r\n";
    }

    private byte[] read(Socket socket, long deadline) throws IOException {
        byte[] buffer = new byte[HttpAnswer.LONGEST + 1];
        int length = 0;
        InputStream in = socket.getInputStream();
        while (length < buffer.length) {
            socket.setSoTimeout(remainingMillis(deadline));
            int read = in.read(buffer, length, buffer.length - length);
            if (read < 0) {
                return Arrays.copyOf(buffer, length);
            }
            length += read;
        }
        throw new IOException("its answer is longer than " + HttpAnswer.LONGEST + " bytes");
    }

    private int remainingMillis(long deadline) throws SocketTimeoutException {
        long remaining = (deadline - nanos.getAsLong()) / NANOS_PER_MILLI;
        if (remaining <= 0) {
            throw new SocketTimeoutException();
        }
        return (int) Math.min(remaining, Integer.MAX_VALUE);
    }
}
