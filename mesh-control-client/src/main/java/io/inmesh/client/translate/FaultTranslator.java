package io.inmesh.client.translate;

import com.google.protobuf.Any;
import io.inmesh.config.FaultConfig;
import io.inmesh.xds.filter.fault.FaultAbort;
import io.inmesh.xds.filter.fault.HTTPFault;
import io.inmesh.xds.route.FilterConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Injected faults; of all filter settings of a route, the only ones that are acted on. */
final class FaultTranslator {

    static final String FILTER = "envoy.filters.http.fault";
    private static final String WRAPPER = "envoy.config.route.v3.FilterConfig";

    private final ResourceReader reader;

    FaultTranslator(ResourceReader reader) {
        this.reader = reader;
    }

    /**
     * {@return the faults among filter settings, null if there are none}
     *
     * @param field where the settings are
     * @param settings settings by name of filter
     */
    @Nullable
    FaultConfig translate(String field, Map<String, Any> settings) {
        FaultConfig fault = null;
        for (Map.Entry<String, Any> setting : settings.entrySet()) {
            String place = field + "[" + setting.getKey() + "]";
            if (setting.getKey().equals(FILTER)) {
                fault = fault(place, setting.getValue());
            } else {
                reader.ignored().note(place, "settings of this filter are not supported");
            }
        }
        return fault;
    }

    private @Nullable FaultConfig fault(String field, Any any) {
        if (any.getTypeUrl().endsWith(WRAPPER)) {
            FilterConfig wrapper = reader.unpack(field, any, FilterConfig.parser());
            return wrapper.getDisabled() ? null : fault(field, wrapper.getConfig());
        }
        HTTPFault fault = reader.unpack(field, any, HTTPFault.parser());
        if (fault.getHeadersCount() > 0 || !fault.getUpstreamCluster().isEmpty()) {
            throw reader.invalid(
                    field, "limits faults to some requests; put the condition into the match of a route instead");
        }
        reader.ignored().noteIf(fault.hasMaxActiveFaults(), field + ".max_active_faults", "faults are not limited");
        FaultConfig.Delay delay = fault.getDelay().hasFixedDelay()
                ? new FaultConfig.Delay(
                        Values.duration(fault.getDelay().getFixedDelay()),
                        Values.millionths(fault.getDelay().getPercentage()))
                : null;
        reader.ignored().noteIf(fault.hasDelay() && delay == null, field + ".delay", "only fixed delays are supported");
        FaultConfig.Abort abort = fault.hasAbort() ? abort(field, fault.getAbort()) : null;
        return delay == null && abort == null ? null : new FaultConfig(delay, abort);
    }

    private FaultConfig.@Nullable Abort abort(String field, FaultAbort abort) {
        int millionths = Values.millionths(abort.getPercentage());
        return switch (abort.getErrorTypeCase()) {
            case HTTP_STATUS -> new FaultConfig.Abort(abort.getHttpStatus(), -1, millionths);
            case GRPC_STATUS -> new FaultConfig.Abort(-1, abort.getGrpcStatus(), millionths);
            case HEADER_ABORT, ERRORTYPE_NOT_SET -> {
                reader.ignored().note(field + ".abort", "only fixed statuses are supported");
                yield null;
            }
        };
    }
}
