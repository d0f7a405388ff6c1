package io.inmesh.server.translate;

import com.google.protobuf.Duration;
import io.inmesh.server.rule.MtlsMode;
import io.inmesh.server.rule.Rules;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.DataSource;
import io.inmesh.xds.core.Http1ProtocolOptions;
import io.inmesh.xds.core.Http2ProtocolOptions;
import io.inmesh.xds.core.TrafficDirection;
import io.inmesh.xds.core.WatchedDirectory;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.endpoint.Endpoint;
import io.inmesh.xds.endpoint.LbEndpoint;
import io.inmesh.xds.endpoint.LocalityLbEndpoints;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpConnectionManager.ForwardClientCertDetails;
import io.inmesh.xds.filter.http.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.inmesh.xds.filter.http.HttpConnectionManager.SetCurrentClientCertDetails;
import io.inmesh.xds.filter.tls.TlsInspector;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.listener.ListenerFilter;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteAction;
import io.inmesh.xds.tls.Secret;
import io.inmesh.xds.tls.TlsCertificate;
import io.inmesh.xds.upstream.HttpProtocolOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a proxy in front of an application has beyond what every client of its kind has: the ways in, and where its certificate is. */
final class SidecarResources {
    private static final List<String> PROTOCOLS = List.of("h2", "http/1.1");
    private static final String PROTOCOL_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private SidecarResources() {}

    /** @param listeners those that all clients of the kind have */
    static List<VersionedResource> of(
            Rules rules, ClientContext client, Sidecar sidecar, Map<String, VersionedResource> listeners) {
        List<VersionedResource> resources = new ArrayList<>();
        resources.add(certificate(sidecar.folder()));
        if (!sidecar.local().equals(OutboundListeners.OF_THIS_MACHINE_ALONE)) {
            resources.addAll(OutboundListeners.at(sidecar.local(), listeners.values()));
        }
        for (Map.Entry<Integer, Sidecar.Application> port : sidecar.ports().entrySet()) {
            String name = "inbound|" + port.getKey() + "||";
            resources.add(VersionedResource.of(name, application(name, port.getValue())));
            Listener way = listener(rules, client, sidecar.address(), port.getKey(), name);
            resources.add(VersionedResource.of(way.getName(), way));
        }
        return resources;
    }

    /** Only names of files: keys stay where they were made. */
    private static VersionedResource certificate(String folder) {
        return VersionedResource.of(
                "default",
                Secret.newBuilder()
                        .setName("default")
                        .setTlsCertificate(TlsCertificate.newBuilder()
                                .setCertificateChain(file(folder + "/cert.pem"))
                                .setPrivateKey(file(folder + "/key.pem"))
                                .setWatchedDirectory(
                                        WatchedDirectory.newBuilder().setPath(folder)))
                        .build());
    }

    private static DataSource file(String path) {
        return DataSource.newBuilder().setFilename(path).build();
    }

    private static Listener listener(Rules rules, ClientContext client, String address, int port, String cluster) {
        MtlsMode mode = rules.peerAuthentications()
                .effective(client.namespace(), client.labels())
                .at(port);
        // How long a call may take is for its caller to say.
        Route route = Route.newBuilder()
                .setRoute(RouteAction.newBuilder().setCluster(cluster).setTimeout(Duration.getDefaultInstance()))
                .build();
        HttpConnectionManager.Builder manager = InboundListeners.manager(rules, client, port, route);
        setPathsAsPoliciesReadThem(manager);
        if (mode != MtlsMode.DISABLE) {
            manager.setForwardClientCertDetails(ForwardClientCertDetails.SANITIZE_SET)
                    .setSetCurrentClientCertDetails(
                            SetCurrentClientCertDetails.newBuilder().setUri(true));
        }
        Listener.Builder listener = Listener.newBuilder()
                .setName("inbound_" + address + "_" + port)
                .setAddress(OutboundListeners.address(address, port))
                .setTrafficDirection(TrafficDirection.INBOUND);
        if (mode == MtlsMode.PERMISSIVE) {
            listener.addListenerFilters(ListenerFilter.newBuilder()
                    .setName("envoy.filters.listener.tls_inspector")
                    .setTypedConfig(Protos.pack(TlsInspector.getDefaultInstance())));
        }
        InboundListeners.addChains(
                listener, InboundListeners.filter(manager), mode, port, InboundListeners.mutualTls(PROTOCOLS));
        return listener.build();
    }

    /** Else {@code /public/../admin} would be judged as it is written, and served as what it means. */
    private static void setPathsAsPoliciesReadThem(HttpConnectionManager.Builder manager) {
        manager.setNormalizePath(Protos.bool(true))
                .setMergeSlashes(true)
                .setPathWithEscapedSlashesAction(PathWithEscapedSlashesAction.REJECT_REQUEST);
    }

    private static Cluster application(String name, Sidecar.Application application) {
        HttpProtocolOptions.ExplicitHttpConfig.Builder protocol = HttpProtocolOptions.ExplicitHttpConfig.newBuilder();
        if (application.http2()) {
            protocol.setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance());
        } else {
            protocol.setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance());
        }
        return Cluster.newBuilder()
                .setName(name)
                .setType(Cluster.DiscoveryType.STATIC)
                .setCircuitBreakers(ConnectionPools.unlimited())
                .setLoadAssignment(ClusterLoadAssignment.newBuilder()
                        .setClusterName(name)
                        .addEndpoints(LocalityLbEndpoints.newBuilder()
                                .addLbEndpoints(LbEndpoint.newBuilder()
                                        .setEndpoint(Endpoint.newBuilder()
                                                .setAddress(
                                                        OutboundListeners.address("127.0.0.1", application.port()))))))
                .putTypedExtensionProtocolOptions(
                        PROTOCOL_OPTIONS,
                        Protos.pack(HttpProtocolOptions.newBuilder()
                                .setExplicitHttpConfig(protocol)
                                .build()))
                .build();
    }
}
