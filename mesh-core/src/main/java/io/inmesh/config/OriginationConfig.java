package io.inmesh.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS to servers that have certificates of their own rather than the mesh's.
 *
 * <p>Source: Istio {@code ClientTLSSettings} with mode {@code SIMPLE} or {@code MUTUAL}.
 *
 * @param names names of which the server's certificate must carry one: DNS names, IP addresses or URIs; empty for the server name
 *     sent, or the host called where no server name is set
 * @param tls13Only whether TLS 1.2 is refused; servers outside the mesh may be older, so it is not by default
 * @param credentials roots and own certificate; null while they cannot be had, then every call fails
 * @param problem why credentials are missing, or why newer ones are not used; empty if nothing is wrong
 */
public record OriginationConfig(
        List<String> names, boolean tls13Only, @Nullable TlsCredentials credentials, String problem) {

    /** Copies the list and checks that missing credentials have a reason. */
    public OriginationConfig {
        names = List.copyOf(names);
        if (credentials == null && problem.isEmpty()) {
            throw new IllegalArgumentException("credentials are missing without a reason");
        }
    }

    /** {@return TLS by these credentials, with names as by default} */
    public static OriginationConfig of(TlsCredentials credentials) {
        return new OriginationConfig(List.of(), false, credentials, "");
    }

    /** {@return the same with other names} */
    public OriginationConfig withNames(List<String> names) {
        return new OriginationConfig(names, tls13Only, credentials, problem);
    }

    /** {@return the same with other credentials and what is wrong with them} */
    public OriginationConfig withCredentials(@Nullable TlsCredentials credentials, String problem) {
        return new OriginationConfig(names, tls13Only, credentials, problem);
    }
}
