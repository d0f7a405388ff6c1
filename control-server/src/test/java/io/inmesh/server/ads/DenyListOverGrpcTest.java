package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.inmesh.server.fixture.Keys;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.ca.IstioCertificateRequest;
import io.inmesh.xds.ca.IstioCertificateServiceGrpc;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the control server itself refuses to those on the deny list, over real TLS. */
class DenyListOverGrpcTest {
    private static final String REVIEWS = "spiffe://inmesh.local/ns/default/sa/reviews";

    @TempDir
    Path directory;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(directory, new TestResources());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aStreamThatIsOpenEndsWhenItsIdentityIsDenied() throws Exception {
        var stream = TestStream.incremental(server.channelOf("default", "reviews"));
        stream.send(TestStream.subscribe(TypeUrls.CLUSTER));
        stream.next();

        server.denied.deny(REVIEWS, "stolen", null, "test");

        Status end = stream.status();
        assertThat(end.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(end.getDescription()).isEqualTo("not accepted");
    }

    @Test
    void othersGoOn() throws Exception {
        var stream = TestStream.incremental(server.channelOf("default", "ratings"));
        stream.send(TestStream.subscribe(TypeUrls.CLUSTER));
        stream.next();

        server.denied.deny(REVIEWS, "stolen", null, "test");

        stream.send(TestStream.subscribe(TypeUrls.ENDPOINT, "x"));
        assertThat(stream.next().getTypeUrl()).isEqualTo(TypeUrls.ENDPOINT);
    }

    @Test
    void aConnectionMadeBeforeGetsNoRenewalAfter() throws Exception {
        ManagedChannel channel = server.channelOf("default", "reviews");
        ask(channel, null);

        server.denied.deny(REVIEWS, "stolen", null, "test");

        assertThat(refusal(channel, null).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void aDeniedSerialCannotConnectAndAnotherCertificateOfTheSameIdentityCan() throws Exception {
        ManagedChannel stolen = server.channelOf("default", "reviews");
        String serial = server.audit.entries().get(0).facts().get("serial");

        server.denied.deny(serial, "stolen", null, "test");

        assertThat(refusal(stolen, null).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        ask(server.channelOf("default", "reviews"), null);
    }

    @Test
    void aTokenDoesNotBringADeniedIdentityBackAndIsNotUsedUp() throws Exception {
        String token = server.tokens
                .issue("default", "reviews", Duration.ofHours(1), 1, "test")
                .token();
        server.denied.deny(REVIEWS, "stolen", null, "test");

        assertThat(refusal(server.anonymousChannel(), token).getDescription()).isEqualTo("not accepted");
        assertThat(server.audit.entries()).last().asString().contains("token-refused", "is on the deny list");

        server.denied.allow(REVIEWS, "test");
        ask(server.anonymousChannel(), token);
    }

    @Test
    void operatorsAreToldHowToTakeItOffTheList() {
        server.denied.deny(REVIEWS, "stolen", null, "test");

        assertThatThrownBy(() -> server.certificates.issueFor(
                        "default", "reviews", Keys.csr(Keys.p256()), Duration.ZERO, "test"))
                .hasMessageContaining("meshctl ca allow " + REVIEWS);
    }

    private static Status refusal(Channel channel, String token) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> ask(channel, token))
                .getStatus();
    }

    private static void ask(Channel channel, String token) {
        Metadata headers = new Metadata();
        if (token != null) {
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        }
        IstioCertificateServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .createCertificate(IstioCertificateRequest.newBuilder()
                        .setCsr(Keys.csr(Keys.p256()))
                        .build());
    }
}
