package io.inmesh.bench.macro;

import io.inmesh.Mesh;
import io.inmesh.identity.IdentityEpoch;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/** The identities a process has had. */
final class Leaves {

    private static final int REMEMBERED = 64;

    private final Mesh mesh;
    private final Set<BigInteger> serials = ConcurrentHashMap.newKeySet();
    private final Deque<IdentityEpoch> epochs = new ConcurrentLinkedDeque<>();

    private Leaves(Mesh mesh) {
        this.mesh = mesh;
    }

    /** {@return those of a mesh, from now on} */
    static Leaves of(Mesh mesh) {
        Leaves leaves = new Leaves(mesh);
        mesh.onIdentityChange(leaves::add);
        IdentityEpoch current = mesh.identity().current();
        if (current != null) {
            leaves.add(current);
        }
        return leaves;
    }

    private void add(IdentityEpoch epoch) {
        serials.add(epoch.identity().leaf().getSerialNumber());
        epochs.addFirst(epoch);
        while (epochs.size() > REMEMBERED) {
            epochs.removeLast();
        }
    }

    int count() {
        return serials.size();
    }

    /** {@return the number of the identity of now} */
    long epochs() {
        IdentityEpoch current = mesh.identity().current();
        return current == null ? 0 : current.number();
    }

    /** {@return the last one whose certificate has not ended, and is below no root of now} */
    Optional<IdentityEpoch> distrusted() {
        IdentityEpoch now = mesh.identity().current();
        return epochs.stream()
                .filter(epoch -> now != null && !now.accepts(chain(epoch)))
                .filter(epoch -> epoch.identity().expiresAtMillis() > System.currentTimeMillis())
                .findFirst();
    }

    private static X509Certificate[] chain(IdentityEpoch epoch) {
        return epoch.identity().chain().toArray(new X509Certificate[0]);
    }
}
