package io.inmesh.server;

import io.inmesh.server.ca.CertificateAuthority;
import io.inmesh.server.ca.DenyList;
import io.inmesh.server.ca.Pem;
import io.inmesh.server.federation.Federation;
import io.inmesh.server.translate.Trust;

/** Whom processes are told to trust. */
final class OwnTrust {

    private OwnTrust() {}

    /** {@return what there is to tell now} */
    static Trust of(CertificateAuthority authority, DenyList.Denied denied, Federation federation) {
        return new Trust(
                Pem.encode(authority.roots()),
                authority.revocationLists(denied),
                denied.identities(),
                authority.trustDomain(),
                federation.roots());
    }
}
