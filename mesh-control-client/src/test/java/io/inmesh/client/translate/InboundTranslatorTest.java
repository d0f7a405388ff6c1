package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.xds.core.CidrRange;
import io.inmesh.xds.core.TransportSocket;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.listener.Filter;
import io.inmesh.xds.listener.FilterChain;
import io.inmesh.xds.listener.FilterChainMatch;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.tls.DownstreamTlsContext;
import io.inmesh.xds.type.matcher.StringMatcher;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the filter chains of an inbound listener say about mutual TLS. */
class InboundTranslatorTest {

    private static final TransportSocket MUTUAL_TLS = tls(true);

    private final ResourceReader reader = new ResourceReader("inbound");
    private final InboundTranslator translator = new InboundTranslator(reader, new ListenerTranslator(reader));

    @Test
    void chainsOfAPortSayItsModeAndThoseWithoutPortThatOfAllOthers() {
        InboundConfig inbound = translate(
                chain(0).setTransportSocket(MUTUAL_TLS),
                chain(0),
                chain(8080).setTransportSocket(MUTUAL_TLS),
                chain(9090));
        assertThat(inbound.mtls(80)).isEqualTo(Mtls.PERMISSIVE);
        assertThat(inbound.mtls(8080)).isEqualTo(Mtls.STRICT);
        assertThat(inbound.mtls(9090)).isEqualTo(Mtls.DISABLE);
    }

    @Test
    void portsWithoutChainAreClosedToPlaintext() {
        assertThat(translate(chain(9090)).mtls(80)).isEqualTo(Mtls.STRICT);
    }

    @Test
    void chainsForSomeClientsOnlyMakeTheListenerInvalid() {
        FilterChainMatch loopback = FilterChainMatch.newBuilder()
                .addSourcePrefixRanges(CidrRange.newBuilder().setAddressPrefix("127.0.0.0"))
                .build();
        assertThatThrownBy(() ->
                        translate(chain(0).setTransportSocket(MUTUAL_TLS), chain(0).setFilterChainMatch(loopback)))
                .hasMessageContaining("filter_chain_match")
                .hasMessageContaining("destination_port, transport_protocol and application_protocols only");
    }

    @Test
    void chainsThatIstioSendsSayTheModeOfEachPort() {
        InboundConfig inbound = translate(
                tcp(15006),
                speaking(chain(0).setTransportSocket(MUTUAL_TLS), "istio-http/1.1", "istio-h2"),
                speaking(chain(0), "http/1.1", "h2c"),
                tcp(0).setTransportSocket(MUTUAL_TLS),
                tcp(0),
                speaking(chain(9080).setTransportSocket(MUTUAL_TLS), "istio-http/1.1", "istio-h2"),
                tcp(9080),
                tcp(5432).setTransportSocket(MUTUAL_TLS));
        assertThat(inbound.mtls(80)).isEqualTo(Mtls.PERMISSIVE);
        assertThat(inbound.mtls(9080))
                .as("what is not HTTP there does not loosen it")
                .isEqualTo(Mtls.STRICT);
        assertThat(inbound.mtls(5432)).as("nor do others loosen this").isEqualTo(Mtls.STRICT);
        assertThat(inbound.mtls(15006)).isEqualTo(Mtls.DISABLE);
    }

    @Test
    void aListenerWithoutHttpIsInvalid() {
        assertThatThrownBy(() -> translate(tcp(9080))).hasMessageContaining("HTTP connection manager");
    }

    @Test
    void tlsWithoutClientCertificateMakesTheListenerInvalid() {
        assertThatThrownBy(() -> translate(chain(0).setTransportSocket(tls(false))))
                .hasMessageContaining("require_client_certificate");
    }

    @Test
    void callersOfWholeTrustDomainsMayBeNamedAndNoOthers() {
        assertThat(translate(chain(0).setTransportSocket(tls(named("spiffe://cluster.local/"))))
                        .mtls(80))
                .isEqualTo(Mtls.STRICT);
        assertThatThrownBy(() -> translate(chain(0).setTransportSocket(tls(named("spiffe://cluster.local/ns/shop/")))))
                .hasMessageContaining("match_subject_alt_names")
                .hasMessageContaining("authorization policies");
    }

    private static DownstreamTlsContext named(String prefix) {
        DownstreamTlsContext.Builder context =
                DownstreamTlsContext.newBuilder().setRequireClientCertificate(BoolValue.of(true));
        context.getCommonTlsContextBuilder()
                .getCombinedValidationContextBuilder()
                .getDefaultValidationContextBuilder()
                .addMatchSubjectAltNames(StringMatcher.newBuilder().setPrefix(prefix));
        return context.build();
    }

    private InboundConfig translate(FilterChain.Builder... chains) {
        Listener.Builder listener = Listener.newBuilder().setName("inbound");
        for (FilterChain.Builder chain : chains) {
            listener.addFilterChains(chain);
        }
        return ((Translated.Inbound) translator.translate(listener.build())).config();
    }

    private static FilterChain.Builder chain(int port) {
        FilterChain.Builder chain = FilterChain.newBuilder()
                .addFilters(Filter.newBuilder()
                        .setTypedConfig(packed(
                                "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                                HttpConnectionManager.getDefaultInstance())));
        if (port != 0) {
            chain.getFilterChainMatchBuilder().setDestinationPort(UInt32Value.of(port));
        }
        return chain;
    }

    private static FilterChain.Builder tcp(int port) {
        return chain(port)
                .clearFilters()
                .addFilters(Filter.newBuilder()
                        .setTypedConfig(packed(
                                "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
                                HttpConnectionManager.getDefaultInstance())));
    }

    private static FilterChain.Builder speaking(FilterChain.Builder chain, String... protocols) {
        chain.getFilterChainMatchBuilder().addAllApplicationProtocols(List.of(protocols));
        return chain;
    }

    private static TransportSocket tls(boolean requireClientCertificate) {
        return tls(DownstreamTlsContext.newBuilder()
                .setRequireClientCertificate(BoolValue.of(requireClientCertificate))
                .build());
    }

    private static TransportSocket tls(DownstreamTlsContext context) {
        return TransportSocket.newBuilder()
                .setTypedConfig(packed("envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext", context))
                .build();
    }

    private static Any packed(String type, Message message) {
        return Any.newBuilder()
                .setTypeUrl("type.googleapis.com/" + type)
                .setValue(message.toByteString())
                .build();
    }
}
