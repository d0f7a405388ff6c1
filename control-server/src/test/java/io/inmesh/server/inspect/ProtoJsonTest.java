package io.inmesh.server.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.DataSource;
import io.inmesh.xds.core.HeaderValue;
import io.inmesh.xds.core.HeaderValueOption;
import io.inmesh.xds.core.TransportSocket;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteConfiguration;
import io.inmesh.xds.route.VirtualHost;
import io.inmesh.xds.tls.CommonTlsContext;
import io.inmesh.xds.tls.TlsCertificate;
import io.inmesh.xds.tls.UpstreamTlsContext;
import org.junit.jupiter.api.Test;

class ProtoJsonTest {

    @Test
    void fieldsAreNamedAsInTheJsonMappingAndPackedMessagesAreOpened() {
        JsonNode json = ProtoJson.of(packed(Cluster.newBuilder()
                .setName("reviews")
                .setConnectTimeout(Duration.newBuilder().setSeconds(1).setNanos(500_000_000))
                .setTransportSocket(TransportSocket.newBuilder()
                        .setName("tls")
                        .setTypedConfig(packed(UpstreamTlsContext.newBuilder()
                                .setSni("reviews.example.com")
                                .build())))
                .build()));

        assertThat(json.path("@type").asText()).endsWith("Cluster");
        assertThat(json.path("connectTimeout").asText()).isEqualTo("1.5s");
        assertThat(json.at("/transportSocket/typedConfig/sni").asText()).isEqualTo("reviews.example.com");
    }

    @Test
    void keysAreNeverShown() {
        JsonNode json = ProtoJson.of(UpstreamTlsContext.newBuilder()
                .setCommonTlsContext(CommonTlsContext.newBuilder()
                        .addTlsCertificates(TlsCertificate.newBuilder()
                                .setCertificateChain(DataSource.newBuilder().setInlineString("public"))
                                .setPrivateKey(DataSource.newBuilder().setInlineString("sesame"))))
                .build());

        assertThat(json.toString()).contains("public", ProtoJson.REDACTED).doesNotContain("sesame");
    }

    @Test
    void valuesOfHeadersThatCarryCredentialsAreNeverShown() {
        RouteConfiguration routes = RouteConfiguration.newBuilder()
                .addVirtualHosts(VirtualHost.newBuilder()
                        .addRoutes(Route.newBuilder()
                                .addRequestHeadersToAdd(header("Authorization", "Bearer sesame"))
                                .addRequestHeadersToAdd(header("x-version", "v2"))))
                .build();

        assertThat(ProtoJson.of(packed(routes)).toString())
                .contains("Authorization", "x-version", "v2", ProtoJson.REDACTED)
                .doesNotContain("sesame");
    }

    @Test
    void bytesAndMessagesOfUnknownTypesAreToldByTheirSize() {
        assertThat(ProtoJson.of(DataSource.newBuilder()
                                .setInlineBytes(ByteString.copyFromUtf8("sesame"))
                                .build())
                        .path("inlineBytes")
                        .asText())
                .isEqualTo("(6 bytes)");
        JsonNode unknown = ProtoJson.of(Any.newBuilder()
                .setTypeUrl("type.googleapis.com/example.Unknown")
                .setValue(ByteString.copyFromUtf8("sesame"))
                .build());
        assertThat(unknown.path("bytes").asInt()).isEqualTo(6);
        assertThat(unknown.toString()).doesNotContain("sesame");
    }

    private static HeaderValueOption header(String name, String value) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
                .build();
    }

    private static Any packed(Message message) {
        return Any.newBuilder()
                .setTypeUrl(
                        "type.googleapis.com/" + message.getDescriptorForType().getFullName())
                .setValue(message.toByteString())
                .build();
    }
}
