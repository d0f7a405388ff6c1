package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import io.inmesh.config.Condition.Cidr;
import io.inmesh.config.ForwardersConfig;
import io.inmesh.xds.core.CidrRange;
import io.inmesh.xds.core.TypedExtensionConfig;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.xff.XffConfig;
import io.inmesh.xds.filter.xff.XffTrustedCidrs;
import org.junit.jupiter.api.Test;

/** Envoy's ways to say where the address of a client comes from. */
class ForwardersTranslatorTest {

    private static final BoolValue YES = BoolValue.of(true);

    @Test
    void nobodyIsBelievedWhereNobodyIsNamed() {
        assertThat(translate(HttpConnectionManager.newBuilder())).isEqualTo(ForwardersConfig.NONE);
        assertThat(translate(HttpConnectionManager.newBuilder().setUseRemoteAddress(YES)))
                .isEqualTo(ForwardersConfig.NONE);
    }

    @Test
    void hopsCountThePeerWhereItsAddressIsUsed() {
        HttpConnectionManager.Builder manager =
                HttpConnectionManager.newBuilder().setXffNumTrustedHops(2);
        assertThat(translate(manager)).isEqualTo(ForwardersConfig.hops(3));
        assertThat(translate(manager.setUseRemoteAddress(YES))).isEqualTo(ForwardersConfig.hops(2));
    }

    @Test
    void detectionByHeaderIsRead() {
        assertThat(translate(xff(XffConfig.newBuilder()))).isEqualTo(ForwardersConfig.hops(1));
        assertThat(translate(xff(XffConfig.newBuilder().setXffNumTrustedHops(1))))
                .isEqualTo(ForwardersConfig.hops(2));
        assertThat(translate(xff(XffConfig.newBuilder().setXffTrustedCidrs(tens()))))
                .isEqualTo(ForwardersConfig.at(new Cidr("10.0.0.0", 8)));
    }

    @Test
    void whatIsNotUnderstoodMakesTheListenerInvalid() {
        HttpConnectionManager.Builder header = HttpConnectionManager.newBuilder()
                .addOriginalIpDetectionExtensions(
                        TypedExtensionConfig.newBuilder()
                                .setTypedConfig(
                                        Any.newBuilder()
                                                .setTypeUrl(
                                                        "type.googleapis.com/envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig")));
        assertThatThrownBy(() -> translate(header))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining("CustomHeaderConfig");
        HttpConnectionManager.Builder xff = xff(XffConfig.newBuilder());
        assertThatThrownBy(() -> translate(xff.clone().setUseRemoteAddress(YES)))
                .hasMessageContaining("keep one");
        assertThatThrownBy(() -> translate(
                        xff.clone().addOriginalIpDetectionExtensions(xff.getOriginalIpDetectionExtensions(0))))
                .hasMessageContaining("keep one");
        assertThatThrownBy(() -> translate(
                        xff(XffConfig.newBuilder().setXffNumTrustedHops(1).setXffTrustedCidrs(tens()))))
                .hasMessageContaining("both");
        assertThatThrownBy(() -> translate(HttpConnectionManager.newBuilder().setXffNumTrustedHops(-1)))
                .hasMessageContaining("32 hops");
    }

    private static XffTrustedCidrs.Builder tens() {
        return XffTrustedCidrs.newBuilder()
                .addCidrs(CidrRange.newBuilder().setAddressPrefix("10.0.0.0").setPrefixLen(UInt32Value.of(8)));
    }

    private static HttpConnectionManager.Builder xff(XffConfig.Builder xff) {
        return HttpConnectionManager.newBuilder()
                .addOriginalIpDetectionExtensions(TypedExtensionConfig.newBuilder()
                        .setName("envoy.http.original_ip_detection.xff")
                        .setTypedConfig(Any.newBuilder()
                                .setTypeUrl(
                                        "type.googleapis.com/envoy.extensions.http.original_ip_detection.xff.v3.XffConfig")
                                .setValue(xff.build().toByteString())));
    }

    private static ForwardersConfig translate(HttpConnectionManager.Builder manager) {
        return new ForwardersTranslator(new ResourceReader("inbound")).translate(manager.build());
    }
}
