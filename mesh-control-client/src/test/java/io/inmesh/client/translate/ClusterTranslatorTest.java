package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.Http2ProtocolOptions;
import io.inmesh.xds.upstream.HttpProtocolOptions;
import io.inmesh.xds.upstream.HttpProtocolOptions.ExplicitHttpConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterTranslatorTest {

    @Test
    void protocolThatEveryClusterNamesIsNoFieldWithoutEffect() {
        HttpProtocolOptions http2 = HttpProtocolOptions.newBuilder()
                .setExplicitHttpConfig(ExplicitHttpConfig.newBuilder()
                        .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()))
                .build();

        assertThat(ignored(OriginationTranslator.PROTOCOL_OPTIONS, http2)).isEmpty();
    }

    @Test
    void limitsOfConnectionsAreNotedSinceTheApplicationsClientKeepsThem() {
        HttpProtocolOptions limited = HttpProtocolOptions.newBuilder()
                .setCommonHttpProtocolOptions(io.inmesh.xds.core.HttpProtocolOptions.newBuilder()
                        .setIdleTimeout(Duration.newBuilder().setSeconds(30)))
                .setExplicitHttpConfig(ExplicitHttpConfig.newBuilder()
                        .setHttp2ProtocolOptions(
                                Http2ProtocolOptions.newBuilder().setMaxConcurrentStreams(UInt32Value.of(7))))
                .build();

        assertThat(ignored(OriginationTranslator.PROTOCOL_OPTIONS, limited))
                .anySatisfy(field -> assertThat(field).contains("common_http_protocol_options"))
                .anySatisfy(field -> assertThat(field).contains("max_concurrent_streams"))
                .hasSize(2);
    }

    @Test
    void optionsOfAnotherProtocolAreNoted() {
        assertThat(ignored("envoy.filters.network.thrift_proxy", HttpProtocolOptions.getDefaultInstance()))
                .singleElement()
                .asString()
                .contains("thrift_proxy");
    }

    private static List<String> ignored(String extension, HttpProtocolOptions options) {
        Cluster cluster = Cluster.newBuilder()
                .setName("a")
                .setType(Cluster.DiscoveryType.EDS)
                .putTypedExtensionProtocolOptions(
                        extension,
                        Any.newBuilder()
                                .setTypeUrl(
                                        "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions")
                                .setValue(options.toByteString())
                                .build())
                .build();
        ResourceReader reader = new ResourceReader("a");
        new ClusterTranslator(reader).translate(cluster);
        return reader.ignored().list().stream().map(IgnoredField::toString).toList();
    }
}
