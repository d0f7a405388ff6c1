package io.inmesh.server.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys of {@code when} conditions, and which clients can evaluate them. */
public final class AuthorizationKeys {
    /** Issuer and subject of the token. */
    static final String REQUEST_PRINCIPAL = "request.auth.principal";

    /** Address of whom a request is made for. */
    public static final String CLIENT_ADDRESS = "remote.ip";

    /** Fields of a source about that address. */
    public static final List<String> CLIENT_ADDRESS_FIELDS = List.of("remoteIpBlocks", "notRemoteIpBlocks");

    private static final List<String> TOKEN_FIELDS = List.of("requestPrincipals", "notRequestPrincipals");

    private static final Pattern CLAIMS = Pattern.compile("request\\.auth\\.claims((\\[[^\\[\\]]+])+)");
    private static final String HEADER = "request.headers[";
    private static final Set<String> PLAIN = Set.of(
            "source.ip",
            CLIENT_ADDRESS,
            "source.namespace",
            "source.principal",
            "source.serviceAccount",
            "source.trustDomain",
            "destination.ip",
            "destination.port",
            "connection.sni");

    private AuthorizationKeys() {}

    /** Whether clients of this personality can evaluate {@code key}. */
    public static boolean evaluable(String key, Personality personality) {
        String header = headerName(key);
        if (personality == Personality.GRPC_SAFE) {
            // gRFC A41: the server name is not known there, and these headers make the whole filter invalid.
            return !aboutTokens(key)
                    && !key.equals("connection.sni")
                    && !header.startsWith("grpc-")
                    && !header.equals(":scheme")
                    && (!header.isEmpty() || PLAIN.contains(key));
        }
        return !header.isEmpty() || PLAIN.contains(key) || aboutTokens(key);
    }

    /**
     * Fields of a source that a stock gRPC server cannot evaluate.
     *
     * @param clientsKnown whether nobody in front of it is believed about the address of clients, so that they are its peers
     */
    public static List<String> unknownInSource(boolean clientsKnown) {
        if (clientsKnown) {
            return TOKEN_FIELDS;
        }
        List<String> both = new ArrayList<>(TOKEN_FIELDS);
        both.addAll(CLIENT_ADDRESS_FIELDS);
        return both;
    }

    /** Whether {@code key} is about the token of a request, in a way that can be evaluated. */
    public static boolean aboutTokens(String key) {
        return key.equals(REQUEST_PRINCIPAL) || !claimPath(key).isEmpty();
    }

    /** The claim a key names, as names that lead to it; empty if it names none. */
    static List<String> claimPath(String key) {
        if (key.equals("request.auth.audiences")) {
            return List.of("aud");
        }
        if (key.equals("request.auth.presenter")) {
            return List.of("azp");
        }
        Matcher claims = CLAIMS.matcher(key);
        return claims.matches()
                ? List.of(claims.group(1)
                        .substring(1, claims.group(1).length() - 1)
                        .split("]\\[", -1))
                : List.of();
    }

    /** Whether {@code key} is one that Istio defines at all. */
    public static boolean known(String key) {
        return PLAIN.contains(key)
                || !headerName(key).isEmpty()
                || key.startsWith("request.auth.")
                || key.startsWith("experimental.envoy.filters.");
    }

    /** The header a key names, in lower case; empty if it names none. */
    static String headerName(String key) {
        return key.startsWith(HEADER) && key.endsWith("]")
                ? key.substring(HEADER.length(), key.length() - 1).toLowerCase(Locale.ROOT)
                : "";
    }
}
