package io.inmesh.server.translate;

import io.inmesh.server.rule.Forwarders;
import io.inmesh.xds.core.TypedExtensionConfig;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.xff.XffConfig;
import io.inmesh.xds.filter.xff.XffTrustedCidrs;

/**
 * Where a connection manager takes the address of a client from.
 *
 * <p>Something is always said: by default Envoy believes the last entry of {@code x-forwarded-for}, whoever sent it.
 */
final class ClientAddresses {
    private static final String EXTENSION = "envoy.http.original_ip_detection.xff";

    private ClientAddresses() {}

    static void set(HttpConnectionManager.Builder manager, Forwarders forwarders) {
        if (forwarders.ipBlocks().isEmpty()) {
            manager.setUseRemoteAddress(Protos.bool(true)).setXffNumTrustedHops(forwarders.hops());
            return;
        }
        XffTrustedCidrs.Builder trusted = XffTrustedCidrs.newBuilder();
        forwarders.ipBlocks().forEach(block -> trusted.addCidrs(RbacValues.block(block)));
        manager.addOriginalIpDetectionExtensions(TypedExtensionConfig.newBuilder()
                .setName(EXTENSION)
                .setTypedConfig(Protos.pack(
                        XffConfig.newBuilder().setXffTrustedCidrs(trusted).build())));
    }
}
