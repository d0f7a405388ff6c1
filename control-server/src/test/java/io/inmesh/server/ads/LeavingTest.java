package io.inmesh.server.ads;

import static io.inmesh.server.ads.TestStream.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.ResourceSet;
import io.inmesh.xds.TypeUrls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is about to end, or would rather have fewer clients. */
class LeavingTest {

    @TempDir
    private Path folder;

    @Test
    void streamsEndAndNoneBegins() throws Exception {
        try (TestServer server = new TestServer(folder, new Nothing())) {
            var stream = TestStream.incremental(server.channelOf("default", "reviews"));
            stream.send(subscribe(TypeUrls.CLUSTER));
            stream.next();

            server.hub.leave(Duration.ZERO, new Random(1));

            assertThat(stream.status().getDescription()).contains("connect to another");
            var late = TestStream.incremental(server.channelOf("default", "reviews"));
            assertThat(late.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
    }

    @Test
    void clientThatIsAskedToGoElsewhereIsTakenWhenItComesBack() throws Exception {
        try (TestServer server = new TestServer(folder, new Nothing())) {
            ManagedChannel channel = server.channelOf("default", "reviews");
            var stream = TestStream.incremental(channel);
            stream.send(subscribe(TypeUrls.CLUSTER));
            stream.next();
            CountDownLatch disconnected = new CountDownLatch(1);
            channel.notifyWhenStateChanged(ConnectivityState.READY, disconnected::countDown);

            server.hub.move(
                    Set.of(TestStream.node("test").getId()),
                    Status.UNAVAILABLE.withDescription("elsewhere, please"),
                    Duration.ZERO,
                    new Random(1));

            assertThat(stream.status().getDescription()).contains("elsewhere, please");
            // Also the connection ends: through a load balancer the next one may be another server's.
            disconnected.await();
            var back = TestStream.incremental(channel);
            back.send(subscribe(TypeUrls.CLUSTER));
            back.next();
        }
    }

    private static final class Nothing implements ResourceSource {
        @Override
        public ResourceSet resourcesFor(ClientContext client) {
            return ResourceSet.builder().build();
        }

        @Override
        public void onChange(Runnable listener) {}
    }
}
