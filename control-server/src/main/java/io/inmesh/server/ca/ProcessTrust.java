package io.inmesh.server.ca;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * How a process stands to the roots.
 *
 * @param name instance and namespace, for people
 * @param connected whether it is connected now; else it is known from before and expected back
 * @param takesBundle whether it takes the trust bundle from this server
 * @param bundle version of the trust bundle that it has acknowledged; empty if none
 * @param chain the certificates that it has connected with, leaf first; empty for one that needs none
 */
public record ProcessTrust(
        String name, boolean connected, boolean takesBundle, Optional<String> bundle, List<X509Certificate> chain) {
    /** Copies the chain. */
    public ProcessTrust {
        chain = List.copyOf(chain);
    }
}
