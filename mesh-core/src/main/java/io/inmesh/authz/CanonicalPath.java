package io.inmesh.authz;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one form of a path that policies are tested on: what a servlet application sees as its path.
 *
 * <p>Parameters ({@code ;x=y}) are cut, {@code %nn} is decoded once as UTF-8, empty segments and dot segments go. Where two readers
 * of the same text may disagree the path is suspicious and the request is to be refused with 400: a policy that is tested on one
 * reading and an application that acts on another is a hole (CVE-2019-9901, 2021-29492, 2021-31920, 2026-73553).
 *
 * <p>Source: Jakarta Servlet 6.0, section 3.5.2, "URI Path Canonicalization".
 *
 * @param path the canonical path; the raw text where it is suspicious
 * @param suspicious why the path is ambiguous, null if it is not
 */
public record CanonicalPath(String path, @Nullable String suspicious) {

    /**
     * {@return the canonical form of a path}
     *
     * @param raw percent-encoded path as it was received, without query
     */
    public static CanonicalPath of(String raw) {
        return plain(raw) ? new CanonicalPath(raw, null) : slow(raw);
    }

    /** Most paths are canonical already; finding that out costs one scan and keeps the string. */
    private static boolean plain(String raw) {
        if (raw.isEmpty() || raw.charAt(0) != '/') {
            return false;
        }
        for (int i = 1; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '%' || c == ';' || c == '\\' || c == '#' || c == '?') {
                return false;
            }
            // An empty or a dot segment can begin only after a slash.
            if ((c == '/' || c == '.') && raw.charAt(i - 1) == '/') {
                return false;
            }
        }
        return true;
    }

    private static CanonicalPath slow(String raw) {
        if (raw.isEmpty() || raw.charAt(0) != '/') {
            return bad(raw, "it does not start with a slash");
        }
        List<String> segments = new ArrayList<>();
        boolean endsWithSlash = false;
        int start = 1;
        while (start <= raw.length()) {
            int end = raw.indexOf('/', start);
            end = end < 0 ? raw.length() : end;
            String segment = raw.substring(start, end);
            String problem = problemOf(segment);
            if (problem != null) {
                return bad(raw, problem);
            }
            int parameters = segment.indexOf(';');
            String name = parameters < 0 ? segment : segment.substring(0, parameters);
            String decoded = decode(name);
            // Parameters go, but not unread: some reader may decode before it cuts.
            String cut = parameters < 0 ? "" : decode(segment.substring(parameters));
            if (decoded == null || cut == null) {
                return bad(raw, "it has bad percent-encoding or is not UTF-8");
            }
            problem = problemOf(name, decoded, parameters >= 0);
            problem = problem == null ? problemOfText(cut) : problem;
            if (problem != null) {
                return bad(raw, problem);
            }
            if (decoded.equals("..")) {
                if (segments.isEmpty()) {
                    return bad(raw, "it leads above the root");
                }
                segments.remove(segments.size() - 1);
            } else if (!decoded.isEmpty() && !decoded.equals(".")) {
                segments.add(decoded);
            }
            endsWithSlash = decoded.isEmpty() || decoded.equals(".") || decoded.equals("..");
            start = end + 1;
        }
        return new CanonicalPath(join(segments, endsWithSlash), null);
    }

    /** Looks at a segment as it was received. */
    private static @Nullable String problemOf(String segment) {
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                return "it has a character that must be percent-encoded";
            }
            if (c == '#' || c == '?') {
                return "it has a fragment or query inside";
            }
            if (c == '\\') {
                return "it has a backslash";
            }
        }
        return null;
    }

    /** Looks at a segment's name before and after decoding. */
    private static @Nullable String problemOf(String name, String decoded, boolean hasParameters) {
        String problem = problemOfText(decoded);
        if (problem != null) {
            return problem;
        }
        boolean dots = decoded.equals(".") || decoded.equals("..");
        if (dots && name.length() != decoded.length()) {
            return "it has an encoded dot segment";
        }
        if (hasParameters && (dots || decoded.isEmpty())) {
            return "it has parameters on a dot segment or an empty segment";
        }
        return null;
    }

    /** Looks at what decoding brought to light. */
    private static @Nullable String problemOfText(String decoded) {
        for (int i = 0; i < decoded.length(); i++) {
            char c = decoded.charAt(i);
            if (c < ' ' || c == 0x7f) {
                return "it has an encoded control character";
            }
            if (c == '/') {
                return "it has an encoded slash";
            }
            if (c == '\\') {
                return "it has an encoded backslash";
            }
        }
        return null;
    }

    private static @Nullable String decode(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        ByteBuffer bytes = ByteBuffer.allocate(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c != '%') {
                bytes.put((byte) c);
                continue;
            }
            if (i + 2 >= segment.length()) {
                return null;
            }
            int high = hex(segment.charAt(i + 1));
            int low = hex(segment.charAt(i + 2));
            if (high < 0 || low < 0) {
                return null;
            }
            bytes.put((byte) (high << 4 | low));
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes.flip())
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    // Character.digit would take digits of other scripts.
    private static int hex(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    private static String join(List<String> segments, boolean endsWithSlash) {
        if (segments.isEmpty()) {
            return "/";
        }
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            path.append('/').append(segment);
        }
        return endsWithSlash ? path.append('/').toString() : path.toString();
    }

    private static CanonicalPath bad(String raw, String why) {
        return new CanonicalPath(raw, why);
    }
}
