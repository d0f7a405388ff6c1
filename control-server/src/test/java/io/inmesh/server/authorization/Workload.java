package io.inmesh.server.authorization;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.inmesh.authz.Authorizer;
import io.inmesh.client.translate.ResourceTranslator;
import io.inmesh.client.translate.Translated;
import io.inmesh.config.InboundConfig;
import io.inmesh.server.translate.TypeUrls;
import io.inmesh.xds.core.TrafficDirection;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.listener.Filter;
import io.inmesh.xds.listener.FilterChain;
import io.inmesh.xds.listener.Listener;

/** A workload with our library: what it makes of the listener it is sent. */
final class Workload {
    private Workload() {}

    static Listener listener(HttpConnectionManager manager) {
        return Listener.newBuilder()
                .setName("inbound")
                .setTrafficDirection(TrafficDirection.INBOUND)
                .addFilterChains(FilterChain.newBuilder()
                        .addFilters(Filter.newBuilder()
                                .setName("envoy.filters.network.http_connection_manager")
                                .setTypedConfig(packed(manager))))
                .build();
    }

    static Authorizer authorizer(Listener listener) {
        return Authorizer.compile(config(listener).authorization(), (policy, field, message, remedy) -> {
            throw new AssertionError(policy + " " + field + ": " + message);
        });
    }

    private static InboundConfig config(Listener listener) {
        return ((Translated.Inbound) ResourceTranslator.translate(TypeUrls.LISTENER, "inbound", listener.toByteString())
                        .meaning())
                .config();
    }

    private static Any packed(Message message) {
        return Any.newBuilder()
                .setTypeUrl(
                        "type.googleapis.com/" + message.getDescriptorForType().getFullName())
                .setValue(message.toByteString())
                .build();
    }
}
