package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import io.inmesh.server.translate.Sidecar;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a proxy says about itself: understood, or refused by name with a remedy; never half understood. */
class SidecarClaimTest {

    @Test
    void aNodeThatSaysNothingIsNoProxy() throws Exception {
        assertThat(SidecarClaim.read(Struct.getDefaultInstance())).isEmpty();
    }

    @Test
    void portsAreNumbersOrTextsAndMaySayThatTheApplicationSpeaksHttp2() throws Exception {
        assertThat(read("{folder: '/etc/identity', ports: {'9080': 8080, '9081': '8081', '9090': '8090/http2'}}"))
                .isEqualTo(new Sidecar(
                        "/etc/identity",
                        "0.0.0.0",
                        "127.0.0.1",
                        new java.util.TreeMap<>(Map.of(
                                9080, new Sidecar.Application(8080, false),
                                9081, new Sidecar.Application(8081, false),
                                9090, new Sidecar.Application(8090, true)))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {ports: {'9080': 8080}}                        | .folder  | say where cert.pem and key.pem are
                    {folder: 'etc/identity'}                       | .folder  | from / on
                    {folder: '/i', address: 'pay.example'}         | .address | name an address of the proxy's machine
                    {folder: '/i', local: '10.0.0.5'}              | .local   | name a loopback address
                    {folder: '/i', local: '0.0.0.0'}               | .local   | name a loopback address
                    {folder: '/i', adress: '10.0.0.5'}             | .adress  | there is no such field
                    {folder: '/i', ports: {'0': 8080}}             | .ports   | map the port
                    {folder: '/i', ports: {'9080': 65536}}         | .ports   | map the port
                    {folder: '/i', ports: {'9080': '8080/http3'}}  | .ports   | map the port
                    {folder: '/i', ports: {'http': 8080}}          | .ports   | map the port
                    """)
    void whatCannotBeUnderstoodIsRefused(String claim, String field, String remedy) {
        assertThatExceptionOfType(ClientNode.Refused.class)
                .isThrownBy(() -> read(claim))
                .withMessageContaining("INMESH_SIDECAR" + field)
                .withMessageContaining(remedy);
    }

    private static Sidecar read(String claim) throws Exception {
        Struct.Builder metadata = Struct.newBuilder();
        JsonFormat.parser().merge("{INMESH_SIDECAR: " + claim + "}", metadata);
        return SidecarClaim.read(metadata.build()).orElseThrow();
    }
}
