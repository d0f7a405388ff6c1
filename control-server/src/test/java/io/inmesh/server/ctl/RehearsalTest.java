package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is rehearsed has to go well, or the archive of classes lacks most of them. */
class RehearsalTest {

    @Test
    void itsRulesAreGoodAndItAsksNobody() throws Exception {
        InputStream before = System.in;
        try (InputStream rules = Objects.requireNonNull(Rehearsal.class.getResourceAsStream("rehearsal.yaml"))) {
            System.setIn(rules);
            assertThat(Rehearsal.run()).isEqualTo(ExitCode.OK);
        } finally {
            System.setIn(before);
        }
    }
}
