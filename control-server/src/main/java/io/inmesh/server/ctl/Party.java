package io.inmesh.server.ctl;

import io.inmesh.server.ca.Flaw;
import io.inmesh.server.ca.TrustedRoots;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody with certificates: a file, a process of the mesh, or a server.
 *
 * @param name as the command line has it
 * @param from where its certificates were seen, for people
 * @param chain what it shows others, leaf first; empty if it shows none
 * @param trust whom it trusts; null if that is not known
 * @param known what is known to be wrong with it beyond what its certificates tell
 */
record Party(
        String name,
        String from,
        List<X509Certificate> chain,
        @Nullable TrustedRoots trust,
        List<Flaw> known) {

    Party {
        chain = List.copyOf(chain);
        known = List.copyOf(known);
    }
}
