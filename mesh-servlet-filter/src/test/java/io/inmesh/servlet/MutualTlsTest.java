package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.ServerTls;
import io.inmesh.testkit.TestCa;
import java.io.IOException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Listeners whose mode is STRICT. */
class MutualTlsTest {

    private final Application who = new Application()
            .on(
                    "/who",
                    (request, response) ->
                            response.getWriter().print("you are " + request.getAttribute(MeshFilter.PEER)));

    @ParameterizedTest
    @EnumSource
    void applicationKnowsWhoCalls(Container container) throws Exception {
        try (Service service = Service.of(container, who, Mtls.STRICT)) {
            RawClient.Reply reply = service.client("productpage").get("/who");
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).contains("you are spiffe://inmesh.local/ns/default/sa/productpage");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void clientWithoutCertificateIsRefused(Container container) throws Exception {
        try (Service service = Service.of(container, who, Mtls.STRICT)) {
            SSLContext anonymous = SSLContext.getInstance("TLSv1.3");
            IdentityHolder trust = service.ca.holder("default", "nobody");
            anonymous.init(
                    null, new TrustManager[] {ServerTls.serverTrustManager(trust, Service.EXPECT_REVIEWS)}, null);
            assertThatThrownBy(() -> service.client(anonymous).get("/who")).isInstanceOf(IOException.class);
            assertThat(service.ends.started()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void clientOfAForeignAuthorityIsRefused(Container container) throws Exception {
        try (Service service = Service.of(container, who, Mtls.STRICT)) {
            IdentityHolder foreign = new IdentityHolder();
            foreign.update(TestCa.root(Service.DOMAIN).issue("default", "productpage"), service.ca.bundle());
            assertThatThrownBy(() -> service.client(foreign).get("/who")).isInstanceOf(IOException.class);
            assertThat(service.ends.started()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void plaintextReachesNeitherApplicationNorFilter(Container container) throws Exception {
        try (Service service = Service.of(container, who, Mtls.STRICT)) {
            assertThat(answered(service.client())).isFalse();
            assertThat(service.ends.started()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void removedRootStopsWorkingAndSoDoSessionsProvedUnderIt(Container container) throws Exception {
        try (Service service = Service.of(container, who, Mtls.STRICT)) {
            IdentityHolder before = service.ca.holder("default", "productpage");
            // One context, so that the second connection would resume the session of the first.
            RawClient client = service.client(before);
            assertThat(client.get("/who").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");

            TestCa next = TestCa.root(Service.DOMAIN);
            service.mesh.identity().update(service.mesh.identity().current().identity(), next.bundle());
            assertThatThrownBy(() -> client.get("/who")).isInstanceOf(IOException.class);

            IdentityHolder after = new IdentityHolder();
            after.update(next.issue("default", "productpage"), service.ca.bundle());
            assertThat(service.client(after).get("/who").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void nobodyIsLetInBeforeThereIsAnIdentity(Container container) throws Exception {
        try (Service service = Service.withoutIdentity(container, who, Mtls.STRICT)) {
            assertThatThrownBy(() -> service.client("productpage").get("/who")).isInstanceOf(IOException.class);
            service.mesh.identity().update(service.ca.issue("default", "reviews"), service.ca.bundle());
            assertThat(service.client("productpage").get("/who").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    private static boolean answered(RawClient client) {
        try {
            return client.get("/who").status() < 400;
        } catch (IOException refused) {
            return false;
        }
    }
}
