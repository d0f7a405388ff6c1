package io.inmesh.server.source.dns;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A name server on loopback, over UDP and TCP, that answers what a test has written into it. */
final class FakeNameServer implements AutoCloseable {
    private static final int MOST_UDP_BYTES = 512;
    private static final int MOST_TRIES = 20;
    private static final int NAME_IN_QUESTION = 12;
    private static final int NAME_IN_SERVER = 18;
    private static final int POINTER_BYTES = 2;
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private volatile Map<String, List<byte[]>> records = new ConcurrentHashMap<>();
    private Map<String, List<byte[]>> written = records;
    private volatile int code;
    private volatile boolean silent;
    private volatile boolean lies;
    private volatile boolean addressesToo;
    private volatile boolean drips;

    /** Both on one port. */
    private record Sockets(ServerSocket tcp, DatagramSocket udp) {}

    FakeNameServer() throws IOException {
        Sockets bound = bound();
        tcp = bound.tcp();
        udp = bound.udp();
        daemon(this::overUdp);
        daemon(this::overTcp);
    }

    /** What is free for TCP may be in use for UDP; then another port is tried. */
    private static Sockets bound() throws IOException {
        for (int tries = 1; ; tries++) {
            ServerSocket tcp = new ServerSocket(0, 50, LOOPBACK);
            try {
                return new Sockets(tcp, new DatagramSocket(new InetSocketAddress(LOOPBACK, tcp.getLocalPort())));
            } catch (SocketException taken) {
                tcp.close();
                if (tries == MOST_TRIES) {
                    throw taken;
                }
            }
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "fake-name-server");
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(LOOPBACK, tcp.getLocalPort());
    }

    /** From now on questions are answered with this code: 0 is well, 2 a failure of the server. */
    void code(int now) {
        code = now;
    }

    void silent() {
        silent = true;
    }

    /** Sends an answer with another id before each true one. */
    void lies() {
        lies = true;
    }

    /** Over TCP, sends the longest answer there can be, a byte every 20 ms. */
    void drips() {
        drips = true;
    }

    /** Answers about servers bring their addresses along, if these fit, so that nobody sees an old answer and a new one together. */
    void addressesToo() {
        addressesToo = true;
    }

    /** Forgets everything and writes anew; nobody sees it half done. */
    void rewrite(Runnable writing) {
        written = new ConcurrentHashMap<>();
        writing.run();
        records = written;
    }

    void srv(String name, int priority, int weight, int port, String target, int seconds) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        number(data, priority);
        number(data, weight);
        number(data, port);
        data.writeBytes(labels(target));
        add(name, DnsType.SRV, seconds, data.toByteArray());
    }

    void address(String name, String address, int seconds) {
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            add(name, bytes.length == 4 ? DnsType.A : DnsType.AAAA, seconds, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Records point to the question's name, as name servers do. */
    private void add(String name, DnsType type, int seconds, byte[] data) {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        number(record, 0xC00C);
        number(record, type.number());
        number(record, 1);
        number(record, seconds >>> 16);
        number(record, seconds);
        number(record, data.length);
        record.writeBytes(data);
        written.computeIfAbsent(name + " " + type.number(), key -> new CopyOnWriteArrayList<>())
                .add(record.toByteArray());
    }

    private static byte[] labels(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String label : name.split("\\.")) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.write(0);
        return out.toByteArray();
    }

    private static void number(ByteArrayOutputStream out, int number) {
        out.write(number >>> 8);
        out.write(number);
    }

    private void overUdp() {
        byte[] buffer = new byte[1024];
        while (!udp.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                udp.receive(packet);
                byte[] question = Arrays.copyOf(buffer, packet.getLength());
                byte[] answer = answer(question, MOST_UDP_BYTES);
                if (silent) {
                    continue;
                }
                if (lies) {
                    byte[] other = answer(question, 0);
                    other[0] ^= 0x55;
                    udp.send(new DatagramPacket(other, other.length, packet.getSocketAddress()));
                }
                udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException gone) {
                // Whoever asked has given up, or the test is over.
            }
        }
    }

    private void overTcp() {
        while (!tcp.isClosed()) {
            try (Socket socket = tcp.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                byte[] question = new byte[in.readUnsignedShort()];
                in.readFully(question);
                byte[] answer = answer(question, Integer.MAX_VALUE);
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                if (drips) {
                    out.writeShort(0xFFFF);
                    while (!tcp.isClosed()) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                        out.write(0);
                    }
                }
                out.writeShort(answer.length);
                out.write(answer);
            } catch (IOException gone) {
                // Whoever asked has given up, or the test is over.
            }
        }
    }

    private byte[] answer(byte[] question, int most) {
        String name = name(question, NAME_IN_QUESTION);
        int end = NAME_IN_QUESTION + name.length() + 1;
        int type = (question[end + 1] & 0xFF) << 8 | question[end + 2] & 0xFF;
        Map<String, List<byte[]>> now = records;
        List<byte[]> found = now.getOrDefault(name + " " + type, List.of());
        int size = found.stream().mapToInt(record -> record.length).sum();
        boolean cut = size > most;
        List<byte[]> more = type == DnsType.SRV.number() && addressesToo ? addresses(now, found) : List.of();
        int moreSize = more.stream().mapToInt(record -> record.length).sum();
        boolean all = !cut && moreSize <= most - size;
        boolean known = now.keySet().stream().anyMatch(key -> key.startsWith(name + " "));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(question, 0, 2);
        number(out, 0x8180 | (cut ? 0x0200 : 0) | (code != 0 ? code : known ? 0 : DnsMessage.NO_SUCH_NAME));
        number(out, 1);
        number(out, cut ? 0 : found.size());
        number(out, 0);
        number(out, all ? more.size() : 0);
        out.write(question, 12, end + 5 - 12);
        if (!cut) {
            found.forEach(out::writeBytes);
        }
        if (all) {
            more.forEach(out::writeBytes);
        }
        return out.toByteArray();
    }

    /** The addresses of servers, which stand under their own names. */
    private static List<byte[]> addresses(Map<String, List<byte[]>> now, List<byte[]> servers) {
        List<byte[]> addresses = new ArrayList<>();
        for (byte[] server : servers) {
            byte[] target = Arrays.copyOfRange(server, NAME_IN_SERVER, server.length);
            for (byte[] address : now.getOrDefault(name(target, 0) + " " + DnsType.A.number(), List.of())) {
                ByteArrayOutputStream record = new ByteArrayOutputStream();
                record.writeBytes(target);
                record.write(address, POINTER_BYTES, address.length - POINTER_BYTES);
                addresses.add(record.toByteArray());
            }
        }
        return addresses;
    }

    private static String name(byte[] bytes, int from) {
        StringBuilder name = new StringBuilder();
        for (int at = from; bytes[at] != 0; at += bytes[at] + 1) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(bytes, at + 1, bytes[at], StandardCharsets.US_ASCII));
        }
        return name.toString();
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }
}
