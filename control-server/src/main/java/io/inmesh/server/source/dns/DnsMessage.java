package io.inmesh.server.source.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * DNS messages, as far as discovery needs them: one question, and the records of an answer (RFC 1035 section 4, SRV: RFC 2782).
 *
 * @param id tells answers apart
 * @param code 0 if all is well, 3 if there is no such name
 * @param cut whether there was more than fits; TCP has the rest
 * @param question the name that was asked about, in lower case, and the type
 * @param records those of the answer and the additional section
 */
record DnsMessage(int id, int code, boolean cut, String question, List<DnsRecord> records) {
    static final int NO_SUCH_NAME = 3;

    private static final int RECURSION_DESIRED = 0x0100;
    private static final int RESPONSE = 0x8000;
    private static final int CUT = 0x0200;
    private static final int INTERNET = 1;
    private static final int POINTER = 0xC0;
    private static final int MOST_POINTERS = 32;
    private static final int LONGEST_LABEL = 63;
    private static final int LONGEST_NAME = 253;

    /** {@return the bytes of a question} */
    static byte[] question(int id, String name, DnsType type) {
        ByteBuffer out = ByteBuffer.allocate(12 + name.length() + 2 + 4);
        out.putShort((short) id).putShort((short) RECURSION_DESIRED).putShort((short) 1);
        out.putShort((short) 0).putShort((short) 0).putShort((short) 0);
        for (String label : name.split("\\.")) {
            byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
            out.put((byte) bytes.length).put(bytes);
        }
        out.put((byte) 0).putShort((short) type.number()).putShort((short) INTERNET);
        byte[] message = new byte[out.position()];
        out.flip().get(message);
        return message;
    }

    /** Whether a question can be asked about a name. */
    static boolean askable(String name) {
        if (name.isEmpty() || name.length() > LONGEST_NAME || !name.matches("[A-Za-z0-9_.-]+")) {
            return false;
        }
        for (String label : name.split("\\.", -1)) {
            if (label.isEmpty() || label.length() > LONGEST_LABEL) {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads an answer.
     *
     * @throws IOException if it is none
     */
    static DnsMessage answer(byte[] bytes) throws IOException {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            int id = in.getShort() & 0xFFFF;
            int flags = in.getShort() & 0xFFFF;
            int questions = in.getShort() & 0xFFFF;
            int records = in.getShort() & 0xFFFF;
            int authorities = in.getShort() & 0xFFFF;
            int additional = in.getShort() & 0xFFFF;
            if ((flags & RESPONSE) == 0 || questions != 1) {
                throw new IOException("what came back is no answer of DNS");
            }
            String question = name(in).toLowerCase(Locale.ROOT) + " " + (in.getShort() & 0xFFFF);
            in.getShort();
            List<DnsRecord> read = new ArrayList<>();
            for (int i = 0; i < records + authorities + additional; i++) {
                DnsRecord record = record(in);
                if (record.type() != null && (i < records || i >= records + authorities)) {
                    read.add(record);
                }
            }
            return new DnsMessage(id, flags & 0xF, (flags & CUT) != 0, question, read);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new IOException("an answer of DNS is cut off or garbled", e);
        }
    }

    private static DnsRecord record(ByteBuffer in) throws IOException {
        String name = name(in).toLowerCase(Locale.ROOT);
        int type = in.getShort() & 0xFFFF;
        in.getShort();
        long seconds = in.getInt() & 0xFFFF_FFFFL;
        int length = in.getShort() & 0xFFFF;
        int end = in.position() + length;
        DnsRecord record = new DnsRecord(name, DnsType.of(type), seconds, 0, 0, 0, "");
        if (type == DnsType.SRV.number()) {
            int priority = in.getShort() & 0xFFFF;
            int weight = in.getShort() & 0xFFFF;
            int port = in.getShort() & 0xFFFF;
            record = new DnsRecord(
                    name, DnsType.SRV, seconds, priority, weight, port, name(in).toLowerCase(Locale.ROOT));
        } else if (type == DnsType.A.number() || type == DnsType.AAAA.number()) {
            byte[] address = new byte[length];
            in.get(address);
            String text = InetAddress.getByAddress(address).getHostAddress();
            record = new DnsRecord(name, record.type(), seconds, 0, 0, 0, text);
        }
        in.position(end);
        return record;
    }

    /** Reads a name; parts of it may stand anywhere earlier in the message. */
    private static String name(ByteBuffer in) throws IOException {
        StringBuilder name = new StringBuilder();
        int after = -1;
        int pointers = 0;
        while (true) {
            int length = in.get() & 0xFF;
            if (length == 0) {
                break;
            }
            if ((length & POINTER) == POINTER) {
                int target = ((length & ~POINTER) << 8) | (in.get() & 0xFF);
                after = after < 0 ? in.position() : after;
                if (++pointers > MOST_POINTERS) {
                    throw new IOException("a name in an answer of DNS has no end");
                }
                in.position(target);
                continue;
            }
            byte[] label = new byte[length];
            in.get(label);
            name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
            if (name.length() > LONGEST_NAME) {
                throw new IOException("a name in an answer of DNS is too long");
            }
        }
        if (after >= 0) {
            in.position(after);
        }
        return name.toString();
    }
}
