package io.inmesh.server.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/**
 * One file of the console. Immutable; nobody may change the bytes.
 *
 * @param contentType its media type with charset
 * @param plain its bytes
 * @param gzip its bytes compressed; the plain ones where that would not make them smaller
 * @param etag its entity tag with quotes, made of its content
 */
public record ConsoleFile(String contentType, byte[] plain, byte[] gzip, String etag) {

    static ConsoleFile of(String name, byte[] plain, String digest) {
        byte[] gzip = compressed(plain);
        return new ConsoleFile(
                contentType(name), plain, gzip.length < plain.length ? gzip : plain, "\"" + digest + "\"");
    }

    /** {@return whether it is sent compressed to those who can read that} */
    public boolean shrinks() {
        return gzip.length < plain.length;
    }

    private static String contentType(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "svg" -> "image/svg+xml; charset=utf-8";
            default -> "text/plain; charset=utf-8";
        };
    }

    private static byte[] compressed(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written to", e);
        }
        return bytes.toByteArray();
    }
}
