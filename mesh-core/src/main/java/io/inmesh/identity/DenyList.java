package io.inmesh.identity;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * What is refused although a root vouches for it: the switch that ends a stolen key before its certificate does.
 *
 * <p>It is part of a {@link TrustBundle}, so a change of it begins a new epoch and connections are proved again.
 *
 * @param serials serial numbers of refused certificates, by the name of who signed them: a serial number alone names nothing (RFC
 *     5280, 4.1.2.2)
 * @param identities identities that are refused whatever certificate proves them
 */
public record DenyList(Map<X500Principal, Set<BigInteger>> serials, Set<SpiffeId> identities) {

    /** Refuses nobody. */
    public static final DenyList NONE = new DenyList(Map.of(), Set.of());

    /** Copies the collections. */
    public DenyList {
        serials = serials.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> Set.copyOf(entry.getValue())));
        identities = Set.copyOf(identities);
    }

    /** {@return whether nobody is refused} */
    public boolean isEmpty() {
        return serials.isEmpty() && identities.isEmpty();
    }

    /** {@return whether it names an identity, or the certificate that proves it} */
    public boolean names(WorkloadIdentity identity) {
        return refusal(identity.id(), identity.chain().toArray(new X509Certificate[0])) != null;
    }

    /**
     * {@return why a chain is refused, null if it is not}
     *
     * @param id whom the leaf proves
     * @param chain what was presented; a refused signer is as bad as a refused leaf
     */
    @Nullable
    String refusal(SpiffeId id, X509Certificate[] chain) {
        if (isEmpty()) {
            return null;
        }
        if (identities.contains(id)) {
            return id + " is on the deny list";
        }
        for (X509Certificate certificate : chain) {
            Set<BigInteger> refused = serials.get(certificate.getIssuerX500Principal());
            if (refused != null && refused.contains(certificate.getSerialNumber())) {
                return "serial " + certificate.getSerialNumber().toString(16) + " is on the deny list";
            }
        }
        return null;
    }

    /** {@return how much is refused} */
    @Override
    public String toString() {
        int certificates = serials.values().stream().mapToInt(Set::size).sum();
        return "DenyList[" + certificates + " serials, " + identities.size() + " identities]";
    }
}
