package io.inmesh.server.ctl;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.zip.GZIPOutputStream;

/** Writes files into a compressed archive as POSIX.1-1988 has it ("ustar"), readable by their owner only. */
final class TarGz implements Closeable {

    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 100;
    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_LENGTH = 8;

    private final OutputStream out;
    private final Instant time;

    /** Writes to a stream, which is closed with this. */
    TarGz(OutputStream to, Instant time) throws IOException {
        this.out = new GZIPOutputStream(to);
        this.time = time;
    }

    /**
     * Adds a file.
     *
     * @param name path in the archive, of at most 100 characters of ASCII
     */
    void add(String name, String content) throws IOException {
        if (name.length() > LONGEST_NAME) {
            throw new IOException(name + " is too long for the archive");
        }
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000600\0");
        put(header, 108, "0000000\0");
        put(header, 116, "0000000\0");
        put(header, 124, String.format("%011o\0", bytes.length));
        put(header, 136, String.format("%011o\0", time.getEpochSecond()));
        put(header, CHECKSUM_AT, " ".repeat(CHECKSUM_LENGTH));
        put(header, 156, "0");
        put(header, 257, "ustar\0" + "00");
        int sum = 0;
        for (byte one : header) {
            sum += one & 0xFF;
        }
        put(header, CHECKSUM_AT, String.format("%06o\0 ", sum));
        out.write(header);
        out.write(bytes);
        out.write(new byte[(BLOCK - bytes.length % BLOCK) % BLOCK]);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    @Override
    public void close() throws IOException {
        try (out) {
            out.write(new byte[2 * BLOCK]);
        }
    }
}
