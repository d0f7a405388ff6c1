package io.inmesh.server.semantics;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.inmesh.server.translate.TypeUrls;
import io.inmesh.server.translate.VersionedResource;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.listener.Filter;
import io.inmesh.xds.listener.FilterChain;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.type.struct.TypedStruct;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** A resource without what is in it for our library alone and an Envoy passes over. */
final class EnvoyView {
    private static final String OURS = "io.inmesh";
    private static final String TYPED_STRUCT = TypedStruct.getDescriptor().getFullName();

    private EnvoyView() {}

    static ByteString of(VersionedResource resource) {
        ByteString bytes = resource.any().getValue();
        try {
            if (resource.typeUrl().equals(TypeUrls.CLUSTER)) {
                return cluster(Cluster.parseFrom(bytes)).toByteString();
            } else if (resource.typeUrl().equals(TypeUrls.LISTENER)) {
                return listener(Listener.parseFrom(bytes)).toByteString();
            } else if (resource.typeUrl().equals(TypeUrls.ENDPOINTS)) {
                return endpoints(ClusterLoadAssignment.parseFrom(bytes)).toByteString();
            }
            return bytes;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(resource.name(), e);
        }
    }

    private static Cluster cluster(Cluster cluster) {
        Cluster.Builder kept = cluster.toBuilder();
        kept.getMetadataBuilder().removeFilterMetadata(OURS);
        for (int i = kept.getLoadBalancingPolicy().getPoliciesCount() - 1; i >= 0; i--) {
            String type = kept.getLoadBalancingPolicy()
                    .getPolicies(i)
                    .getTypedExtensionConfig()
                    .getTypedConfig()
                    .getTypeUrl();
            if (type.endsWith(TYPED_STRUCT)) {
                kept.getLoadBalancingPolicyBuilder().removePolicies(i);
            }
        }
        if (kept.hasLoadAssignment()) {
            kept.setLoadAssignment(endpoints(kept.getLoadAssignment()));
        }
        return kept.build();
    }

    private static ClusterLoadAssignment endpoints(ClusterLoadAssignment assignment) {
        ClusterLoadAssignment.Builder kept = assignment.toBuilder();
        kept.getEndpointsBuilderList()
                .forEach(locality -> locality.getLbEndpointsBuilderList()
                        .forEach(endpoint -> endpoint.getMetadataBuilder().removeFilterMetadata(OURS)));
        return kept.build();
    }

    private static Listener listener(Listener listener) throws InvalidProtocolBufferException {
        Listener.Builder kept = listener.toBuilder();
        for (FilterChain.Builder chain : kept.getFilterChainsBuilderList()) {
            for (Filter.Builder filter : chain.getFiltersBuilderList()) {
                filter.setTypedConfig(withoutOptional(filter.getTypedConfig()));
            }
        }
        return kept.build();
    }

    private static Any withoutOptional(Any config) throws InvalidProtocolBufferException {
        if (!config.getTypeUrl().endsWith(HttpConnectionManager.getDescriptor().getFullName())) {
            return config;
        }
        HttpConnectionManager.Builder kept = HttpConnectionManager.parseFrom(config.getValue()).toBuilder();
        List<Integer> optional = IntStream.range(0, kept.getHttpFiltersCount())
                .filter(i -> kept.getHttpFilters(i).getIsOptional())
                .boxed()
                .sorted(Comparator.reverseOrder())
                .toList();
        optional.forEach(kept::removeHttpFilters);
        return config.toBuilder().setValue(kept.build().toByteString()).build();
    }
}
