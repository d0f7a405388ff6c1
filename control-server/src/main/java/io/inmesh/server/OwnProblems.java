package io.inmesh.server;

import io.inmesh.server.ads.TranslatedResources;
import io.inmesh.server.ca.CertificateAuthority;
import io.inmesh.server.jwks.KeyKeeper;
import java.util.List;
import java.util.stream.Stream;

/** What is wrong with what this server reads or keeps, for operators to mend. */
final class OwnProblems {

    private OwnProblems() {}

    /** {@return a line for each problem} */
    static List<String> of(
            OwnFolder folder, KeyKeeper keys, CertificateAuthority authority, TranslatedResources resources) {
        return Stream.of(folder.problems(), keys.problems(), authority.problems(), resources.problems())
                .flatMap(List::stream)
                .toList();
    }
}
