package io.inmesh.server.source.dns;

import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Asks name servers over UDP, and over TCP for what does not fit. The JDK's own resolver knows neither SRV records nor for how long an
 * answer holds. For one thread.
 */
final class DnsClient {
    private static final int MOST_BYTES = 65_535;

    private final List<InetSocketAddress> servers;
    private final Duration limit;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param servers asked one after the other until one answers
     * @param limit how long each may take for a question, over UDP and TCP together
     */
    DnsClient(List<InetSocketAddress> servers, Duration limit) {
        this.servers = List.copyOf(servers);
        this.limit = limit;
    }

    /**
     * {@return an answer with code 0, or {@link DnsMessage#NO_SUCH_NAME}}
     *
     * @throws IOException if no server gives one
     */
    DnsMessage ask(String name, DnsType type) throws IOException {
        IOException last = new IOException("there is no name server to ask");
        for (InetSocketAddress server : servers) {
            try {
                DnsMessage answer = ask(server, name, type);
                if (answer.code() == 0 || answer.code() == DnsMessage.NO_SUCH_NAME) {
                    return answer;
                }
                last = new IOException(text(server) + " answers with error " + answer.code());
            } catch (SocketTimeoutException e) {
                last = new IOException(text(server) + " does not answer within " + limit.toMillis() + " ms", e);
            } catch (IOException e) {
                last = new IOException(text(server) + ": " + e.getMessage(), e);
            }
        }
        throw new IOException(type + " of " + name + ": " + last.getMessage(), last);
    }

    private DnsMessage ask(InetSocketAddress server, String name, DnsType type) throws IOException {
        int id = random.nextInt(1 << 16);
        byte[] question = DnsMessage.question(id, name, type);
        long end = System.nanoTime() + limit.toNanos();
        DnsMessage answer = overUdp(server, question, id, name, type, end);
        return answer.cut() ? overTcp(server, question, id, name, type, end) : answer;
    }

    private static DnsMessage overUdp(
            InetSocketAddress server, byte[] question, int id, String name, DnsType type, long end) throws IOException {
        // A port of its own for each question, and only packets from whom was asked.
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(server);
            socket.send(new DatagramPacket(question, question.length));
            byte[] buffer = new byte[MOST_BYTES];
            while (true) {
                socket.setSoTimeout(left(end));
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] bytes = new byte[packet.getLength()];
                System.arraycopy(buffer, packet.getOffset(), bytes, 0, bytes.length);
                DnsMessage answer = DnsMessage.answer(bytes);
                if (answers(answer, id, name, type)) {
                    return answer;
                }
            }
        }
    }

    private static DnsMessage overTcp(
            InetSocketAddress server, byte[] question, int id, String name, DnsType type, long end) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(server, left(end));
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeShort(question.length);
            out.write(question);
            out.flush();
            byte[] length = read(socket, 2, end);
            DnsMessage answer =
                    DnsMessage.answer(read(socket, Byte.toUnsignedInt(length[0]) << 8 | length[1] & 0xFF, end));
            if (!answers(answer, id, name, type)) {
                throw new IOException("it answers what was not asked");
            }
            return answer;
        }
    }

    /** A server that sends byte by byte must not keep the thread for longer than one that sends nothing. */
    private static byte[] read(Socket socket, int length, long end) throws IOException {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; ) {
            socket.setSoTimeout(left(end));
            int more = socket.getInputStream().read(bytes, at, length - at);
            if (more < 0) {
                throw new EOFException("its answer ends in the middle");
            }
            at += more;
        }
        return bytes;
    }

    /** {@return how many milliseconds are left, at least 1} */
    private static int left(long end) throws SocketTimeoutException {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
            throw new SocketTimeoutException();
        }
        return (int) left;
    }

    private static boolean answers(DnsMessage answer, int id, String name, DnsType type) {
        return answer.id() == id && answer.question().equals(name.toLowerCase(Locale.ROOT) + " " + type.number());
    }

    private static String text(InetSocketAddress server) {
        return server.getHostString() + ":" + server.getPort();
    }
}
