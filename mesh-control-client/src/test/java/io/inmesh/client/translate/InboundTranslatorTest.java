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
import io.inmesh.xds.tls.SubjectAltNameMatcher;
import io.inmesh.xds.type.matcher.StringMatcher;
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
                .hasMessageContaining("destination_port and transport_protocol only");
    }

    @Test
    void tlsWithoutClientCertificateMakesTheListenerInvalid() {
        assertThatThrownBy(() -> translate(chain(0).setTransportSocket(tls(false))))
                .hasMessageContaining("require_client_certificate");
    }

    @Test
    void namesOfCertificatesAreNoConditionThatIsPassedOver() {
        DownstreamTlsContext.Builder named =
                DownstreamTlsContext.newBuilder().setRequireClientCertificate(BoolValue.of(true));
        named.getCommonTlsContextBuilder()
                .getCombinedValidationContextBuilder()
                .getDefaultValidationContextBuilder()
                .addMatchTypedSubjectAltNames(SubjectAltNameMatcher.newBuilder()
                        .setSanType(SubjectAltNameMatcher.SanType.URI)
                        .setMatcher(StringMatcher.newBuilder().setPrefix("spiffe://mesh/ns/shop/")));
        assertThatThrownBy(() -> translate(chain(0).setTransportSocket(tls(named.build()))))
                .hasMessageContaining("match_typed_subject_alt_names")
                .hasMessageContaining("authorization policies");
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
