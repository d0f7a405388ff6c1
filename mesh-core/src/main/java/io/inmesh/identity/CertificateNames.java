package io.inmesh.identity;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The names in a server's certificate.
 *
 * <p>Source: RFC 9525. Only subject alternative names count, never the common name. A DNS name may have {@code *} as its whole
 * left-most label, which stands for exactly one label; an IP address must be there as an address; a URI must be equal.
 */
final class CertificateNames {

    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int ADDRESS = 7;
    private static final String WILDCARD = "*.";

    private CertificateNames() {}

    /** {@return whether a certificate carries one of these names} */
    static boolean carriesOne(X509Certificate certificate, List<String> expected) {
        List<List<?>> names = names(certificate);
        return expected.stream().anyMatch(name -> names.stream().anyMatch(carried -> matches(carried, name)));
    }

    /** {@return the names of a certificate, for people} */
    static List<String> of(X509Certificate certificate) {
        return names(certificate).stream()
                .map(name -> String.valueOf(name.get(1)))
                .toList();
    }

    private static List<List<?>> names(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : new ArrayList<>(names);
        } catch (CertificateParsingException e) {
            // Names that cannot be read are the names of nobody.
            return List.of();
        }
    }

    private static boolean matches(List<?> carried, String expected) {
        if (!(carried.get(0) instanceof Integer type) || !(carried.get(1) instanceof String name)) {
            return false;
        }
        if (expected.contains("://")) {
            return type == URI && name.equals(expected);
        }
        byte[] address = literal(expected);
        if (address != null) {
            return type == ADDRESS && Arrays.equals(address, literal(name));
        }
        return type == DNS && dnsMatches(name.toLowerCase(Locale.ROOT), expected.toLowerCase(Locale.ROOT));
    }

    private static boolean dnsMatches(String carried, String expected) {
        if (carried.equals(expected)) {
            return !carried.isEmpty();
        }
        if (!carried.startsWith(WILDCARD)) {
            return false;
        }
        String parent = carried.substring(1);
        int label = expected.length() - parent.length();
        // A wildcard below a top-level domain would be for everybody in it.
        return label > 0
                && expected.endsWith(parent)
                && expected.indexOf('.') == label
                && parent.indexOf('*') < 0
                && parent.indexOf('.', 1) > 0;
    }

    /** {@return the bytes of an IP address; null if it is none. Never resolves a name.} */
    private static byte @Nullable [] literal(String text) {
        boolean ipv6 = text.indexOf(':') >= 0
                && text.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == ':' || c == '.');
        if (!ipv6 && !text.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
            return null;
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
