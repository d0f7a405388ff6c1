package io.inmesh.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import org.junit.jupiter.api.Test;

class AnswersTest {

    @Test
    void whatEtcdRefusesOnceItAsksForUsersSaysWhichSettingsToName() {
        RuntimeException refused = Answers.refused(Status.INVALID_ARGUMENT
                .withDescription("etcdserver: user name is empty")
                .asRuntimeException());

        assertThat(refused).hasMessageContaining("store.etcd.user").hasMessageContaining("store.etcd.passwordFile");
    }
}
