package io.inmesh.server;

import io.inmesh.server.ca.CertificateAuthority;
import io.inmesh.server.folder.WatchedFolder;
import io.inmesh.server.jwks.KeyKeeper;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is wrong with what this server reads or keeps, for operators to mend. */
final class OwnProblems {

    private OwnProblems() {}

    /** {@return a line for each problem} */
    static List<String> of(@Nullable WatchedFolder folder, KeyKeeper keys, CertificateAuthority authority) {
        return Stream.of(folder == null ? List.<String>of() : folder.problems(), keys.problems(), authority.problems())
                .flatMap(List::stream)
                .toList();
    }
}
