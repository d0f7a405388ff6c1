package io.inmesh.client.translate;

import io.inmesh.config.Condition;
import io.inmesh.config.ForwardersConfig;
import io.inmesh.xds.core.CidrRange;
import io.inmesh.xds.core.TypedExtensionConfig;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.xff.XffConfig;
import java.util.List;

/**
 * Who is believed about the address of clients.
 *
 * <p>Envoy counts in two ways: where the peer's address is used its own entry has yet to be appended, so that hops are all forwarders;
 * elsewhere they are those besides the peer. Where neither hops nor ranges are given and the peer's address is not used, Envoy believes
 * the last entry of anybody; here nobody is believed.
 */
final class ForwardersTranslator {

    private static final String FIELD = "original_ip_detection_extensions";
    private static final String XFF = "envoy.extensions.http.original_ip_detection.xff.v3.XffConfig";

    private final ResourceReader reader;

    ForwardersTranslator(ResourceReader reader) {
        this.reader = reader;
    }

    ForwardersConfig translate(HttpConnectionManager manager) {
        if (manager.getOriginalIpDetectionExtensionsCount() > 0) {
            return extension(manager);
        }
        int hops = manager.getXffNumTrustedHops();
        return hops == 0
                ? ForwardersConfig.NONE
                : hops("xff_num_trusted_hops", manager.getUseRemoteAddress().getValue() ? hops : hops + 1L);
    }

    private ForwardersConfig extension(HttpConnectionManager manager) {
        if (manager.getOriginalIpDetectionExtensionsCount() > 1
                || manager.getUseRemoteAddress().getValue()) {
            throw reader.invalid(FIELD, "is one of several ways to find clients; keep one");
        }
        TypedExtensionConfig extension = manager.getOriginalIpDetectionExtensions(0);
        if (!extension.getTypedConfig().getTypeUrl().endsWith(XFF)) {
            throw reader.invalid(
                    FIELD,
                    "only XffConfig is known, not \""
                            + extension.getTypedConfig().getTypeUrl() + "\"");
        }
        XffConfig xff = reader.unpack(FIELD, extension.getTypedConfig(), XffConfig.parser());
        List<CidrRange> trusted = xff.getXffTrustedCidrs().getCidrsList();
        if (xff.getXffNumTrustedHops() != 0 && !trusted.isEmpty()) {
            throw reader.invalid(FIELD, "has both xff_num_trusted_hops and xff_trusted_cidrs");
        }
        return trusted.isEmpty()
                ? hops(FIELD, xff.getXffNumTrustedHops() + 1L)
                : ForwardersConfig.at(trusted.stream().map(Values::cidr).toArray(Condition.Cidr[]::new));
    }

    private ForwardersConfig hops(String field, long hops) {
        if (hops < 1 || hops > ForwardersConfig.MOST_HOPS) {
            throw reader.invalid(field, "asks for more than " + ForwardersConfig.MOST_HOPS + " hops");
        }
        return ForwardersConfig.hops((int) hops);
    }
}
