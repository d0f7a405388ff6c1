package io.inmesh.observe;

import io.inmesh.config.MetricsConfig;
import io.inmesh.config.MetricsConfig.Metric;
import io.inmesh.identity.SpiffeId;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The labels of Istio's standard metrics, all of them on every one, since Prometheus wants it so. Source: Istio's metric goldens. */
final class IstioTags {

    static final String CLIENT = "source";
    static final String SERVER = "destination";

    private final MetricsConfig client;
    private final MetricsConfig server;

    /** Makes the labels of calls that leave and of requests that come in, with what is overridden about them. */
    IstioTags(MetricsConfig client, MetricsConfig server) {
        this.client = client;
        this.server = server;
    }

    boolean disabled(String reporter, Metric metric) {
        return config(reporter).of(metric).disabled();
    }

    /** {@return the labels of one metric} */
    Tags of(Metric metric, Map<String, String> labels) {
        Map<String, String> all = new LinkedHashMap<>(labels);
        // A label that one side adds is there on the other too, without value: to Prometheus that is no label.
        client.of(metric).tags().keySet().forEach(name -> all.putIfAbsent(name, ""));
        server.of(metric).tags().keySet().forEach(name -> all.putIfAbsent(name, ""));
        all.putAll(config(labels.get("reporter")).of(metric).tags());
        List<Tag> tags = new ArrayList<>();
        all.forEach((name, value) -> tags.add(Tag.of(name, value)));
        return Tags.of(tags);
    }

    private MetricsConfig config(@Nullable String reporter) {
        return CLIENT.equals(reporter) ? client : server;
    }

    /** {@return the labels that are the same for all requests from one workload to another} */
    static Map<String, String> pair(String reporter, IstioPair pair) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("reporter", reporter);
        workload(labels, "source", pair.source(), pair.sourcePrincipal());
        workload(labels, "destination", pair.destination(), pair.destinationPrincipal());
        labels.put("destination_service", pair.service().host());
        labels.put("destination_service_name", pair.service().name());
        labels.put("destination_service_namespace", pair.service().namespace());
        return labels;
    }

    private static void workload(
            Map<String, String> labels, String side, Workload workload, @Nullable SpiffeId principal) {
        labels.put(side + "_workload", workload.name());
        labels.put(side + "_canonical_service", workload.canonicalService());
        labels.put(side + "_canonical_revision", workload.canonicalRevision());
        labels.put(side + "_workload_namespace", workload.namespace());
        labels.put(side + "_principal", principal == null ? Workload.NOT_KNOWN : principal.toString());
        labels.put(side + "_app", workload.app());
        labels.put(side + "_version", workload.version());
        labels.put(side + "_cluster", workload.cluster());
    }
}
