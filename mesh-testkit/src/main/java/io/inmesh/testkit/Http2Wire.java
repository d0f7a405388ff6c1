package io.inmesh.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;

/**
 * An HTTP/2 client that sends exactly the frames it is told to, for tests of what servers do with those that no proper client would
 * send. Header blocks are written without indexing and without Huffman codes, and the server is asked for the same. Blocks for ever but
 * for the socket's own timeout. Used by one thread.
 *
 * <p>Source: RFC 9113, RFC 7541.
 */
public final class Http2Wire implements AutoCloseable {

    /** Frame type DATA. */
    public static final int DATA = 0;

    /** Frame type HEADERS. */
    public static final int HEADERS = 1;

    /** Frame type RST_STREAM. */
    public static final int RESET = 3;

    /** Frame type SETTINGS. */
    public static final int SETTINGS = 4;

    /** Frame type PING. */
    public static final int PING = 6;

    /** Frame type GOAWAY. */
    public static final int GOAWAY = 7;

    /** Frame type WINDOW_UPDATE. */
    public static final int WINDOW_UPDATE = 8;

    /** Frame type CONTINUATION. */
    public static final int CONTINUATION = 9;

    /** Flag of a frame that ends its stream's one direction. */
    public static final int END_STREAM = 1;

    /** Flag of a SETTINGS or PING frame that answers one. */
    public static final int ACK = 1;

    /** Flag of a frame that ends a header block. */
    public static final int END_HEADERS = 4;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    /** Places in HPACK's static table (RFC 7541, appendix A): Tomcat takes a pseudo-header that is spelled out for an invalid name. */
    private static final Map<String, Integer> STATIC_NAMES =
            Map.of(":authority", 1, ":method", 2, ":path", 4, ":scheme", 6);

    private static final int HEADER_TABLE_SIZE = 1;
    private static final String GRPC_STATUS = "grpc-status";

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /**
     * A frame as it came.
     *
     * @param type its type
     * @param flags its flags
     * @param stream its stream, 0 for the connection
     * @param payload what is in it
     */
    public record Frame(int type, int flags, int stream, byte[] payload) {

        /** {@return whether nothing comes after it on its stream} */
        public boolean endsStream() {
            return type == RESET || ((type == HEADERS || type == DATA) && (flags & END_STREAM) != 0);
        }

        /** {@return the status of the call, if this is a header block that has it} */
        public OptionalInt grpcStatus() {
            String text = text();
            int name = text.indexOf(GRPC_STATUS);
            if (type != HEADERS || name < 0) {
                return OptionalInt.empty();
            }
            int value = name + GRPC_STATUS.length() + 1;
            return OptionalInt.of(Integer.parseInt(text.substring(value, value + text.charAt(value - 1))));
        }

        /** {@return the 32-bit number at an offset: the error of a RESET at 0, that of a GOAWAY at 4} */
        public int number(int offset) {
            return (payload[offset] & 0xff) << 24
                    | (payload[offset + 1] & 0xff) << 16
                    | (payload[offset + 2] & 0xff) << 8
                    | payload[offset + 3] & 0xff;
        }

        /** {@return the payload, each octet as a character} */
        public String text() {
            return new String(payload, StandardCharsets.ISO_8859_1);
        }
    }

    private Http2Wire(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /**
     * {@return a connection that has said hello}
     *
     * @param socket connected, after the handshake if it is TLS; closed with the connection
     * @param settings further settings, as pairs of identifier and value
     */
    public static Http2Wire open(Socket socket, int... settings) throws IOException {
        Http2Wire wire = new Http2Wire(socket);
        wire.out.write(PREFACE);
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        setting(payload, HEADER_TABLE_SIZE, 0);
        for (int i = 0; i < settings.length; i += 2) {
            setting(payload, settings[i], settings[i + 1]);
        }
        wire.send(SETTINGS, 0, 0, payload.toByteArray());
        wire.flush();
        return wire;
    }

    private static void setting(ByteArrayOutputStream payload, int identifier, int value) {
        payload.write(identifier >> 8);
        payload.write(identifier);
        payload.writeBytes(bytes(value));
    }

    /** {@return a number as 32 bits} */
    public static byte[] bytes(int number) {
        return new byte[] {(byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number};
    }

    /** {@return a header block of names and values in turn} */
    public static byte[] block(String... namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            int known = STATIC_NAMES.getOrDefault(namesAndValues[i], 0);
            block.write(known);
            if (known == 0) {
                text(block, namesAndValues[i]);
            }
            text(block, namesAndValues[i + 1]);
        }
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        int rest = octets.length;
        if (rest < 127) {
            block.write(rest);
        } else {
            block.write(127);
            for (rest -= 127; rest >= 128; rest >>= 7) {
                block.write(rest & 127 | 128);
            }
            block.write(rest);
        }
        block.writeBytes(octets);
    }

    /** {@return the header block of a gRPC call} */
    public static byte[] call(String path, String... more) {
        byte[] usual = block(
                ":method",
                "POST",
                ":scheme",
                "http",
                ":path",
                path,
                ":authority",
                "test",
                "content-type",
                "application/grpc",
                "te",
                "trailers");
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(usual);
        block.writeBytes(block(more));
        return block.toByteArray();
    }

    /** {@return a gRPC message in its frame} */
    public static byte[] message(byte[] content) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(0);
        message.writeBytes(bytes(content.length));
        message.writeBytes(content);
        return message.toByteArray();
    }

    /** Writes a frame, which goes out with the next flush at the latest. */
    public void send(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(9 + payload.length);
        frame.write(payload.length >> 16);
        frame.write(payload.length >> 8);
        frame.write(payload.length);
        frame.write(type);
        frame.write(flags);
        frame.writeBytes(bytes(stream));
        frame.writeBytes(payload);
        out.write(frame.toByteArray());
    }

    /** Writes the header block of a request. */
    public void headers(int stream, boolean last, byte[] block) throws IOException {
        send(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, block);
    }

    /** Sends what was written. */
    public void flush() throws IOException {
        out.flush();
    }

    /**
     * {@return the next frame; pings and settings are answered first}
     *
     * @throws EOFException if the server has closed the connection
     */
    public Frame next() throws IOException {
        int head = in.readInt();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = new byte[head >>> 8];
        in.readFully(payload);
        Frame frame = new Frame(head & 0xff, flags, stream, payload);
        if ((frame.type() == SETTINGS || frame.type() == PING) && (flags & ACK) == 0) {
            send(frame.type(), ACK, 0, frame.type() == PING ? payload : new byte[0]);
            flush();
        }
        return frame;
    }

    /** {@return the frame that ends a stream, or the GOAWAY that ends them all} */
    public Frame endOf(int stream) throws IOException {
        while (true) {
            Frame frame = next();
            if (frame.type() == GOAWAY || (frame.stream() == stream && frame.endsStream())) {
                return frame;
            }
        }
    }

    /** Reads until the server closes the connection. {@return the error it gave with GOAWAY, -1 if it gave none} */
    public int closed() throws IOException {
        int error = -1;
        try {
            while (true) {
                Frame frame = next();
                if (frame.type() == GOAWAY) {
                    error = frame.number(4);
                }
            }
        } catch (EOFException | java.net.SocketException end) {
            return error;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
