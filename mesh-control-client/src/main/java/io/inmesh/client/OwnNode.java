package io.inmesh.client;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.client.translate.Caller;
import io.inmesh.xds.core.Node;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How this process presents itself: Istio's node form, with the registration beside it. */
final class OwnNode {

    private static final Logger LOG = LoggerFactory.getLogger(OwnNode.class);
    private static final String LOOPBACK = "127.0.0.1";
    private static final String USER_AGENT = "inmesh-java";
    private static final String VERSION = version();

    private final ControlClientSettings settings;
    private final String instance;
    private final String address;

    OwnNode(ControlClientSettings settings, String instance) {
        this.settings = settings;
        this.instance = instance;
        this.address = settings.address() != null
                ? settings.address()
                : ownAddress(ServerAddress.parse(settings.servers().get(0)));
        if (settings.addressIsName()) {
            LOG.warn(
                    "INMESH_ADDRESS {} is a host name: only services with resolution DNS (ServiceEntry) are called by it; others"
                            + " are told IP addresses and do not find this process. Write the IP address, or leave it out to"
                            + " have it found",
                    address);
        }
    }

    /**
     * {@return the node message}
     *
     * @param serviceAccount service account of the own certificate, empty without one
     * @param ports local ports by service port name, empty while nothing is served
     * @param connection counts the discovery streams of this process, so that servers know which is the latest
     * @param certificate how the own certificate stands, see {@link CertificateReport}; null to leave that out
     */
    Node message(String serviceAccount, Map<String, Integer> ports, long connection, @Nullable Value certificate) {
        Struct.Builder metadata = Struct.newBuilder()
                .putFields("NAMESPACE", text(settings.namespace()))
                .putFields("SERVICE_ACCOUNT", text(serviceAccount))
                .putFields("INSTANCE_IPS", text(address))
                .putFields("CLUSTER_ID", text("inmesh"))
                .putFields("WORKLOAD_NAME", text(workloadName()))
                .putFields("INMESH_VERSION", text(VERSION))
                .putFields("INMESH_ADDRESS", text(address))
                .putFields(
                        "INMESH_CONNECTION",
                        Value.newBuilder().setNumberValue(connection).build());
        Struct.Builder labels = Struct.newBuilder();
        settings.labels().forEach((name, value) -> labels.putFields(name, text(value)));
        metadata.putFields("LABELS", Value.newBuilder().setStructValue(labels).build());
        if (certificate != null) {
            metadata.putFields(CertificateReport.FIELD, certificate);
        }
        if (!ports.isEmpty()) {
            Struct.Builder numbers = Struct.newBuilder();
            ports.forEach((name, port) -> numbers.putFields(
                    name, Value.newBuilder().setNumberValue(port).build()));
            metadata.putFields(
                    "INMESH_PORTS", Value.newBuilder().setStructValue(numbers).build());
        }
        return Node.newBuilder()
                .setId("sidecar~" + address + "~" + instance + "." + settings.namespace() + "~" + settings.namespace()
                        + ".svc.cluster.local")
                .setCluster(settings.service() + "." + settings.namespace())
                .setUserAgentName(USER_AGENT)
                .setUserAgentVersion(VERSION)
                .setLocality(Localities.parse(settings.locality()))
                .setMetadata(metadata)
                .build();
    }

    /** {@return this process as its config sees it} */
    Caller caller() {
        return new Caller(settings.locality(), address, address + "/" + instance);
    }

    private String workloadName() {
        String version = settings.labels().get("version");
        return version == null ? settings.service() : settings.service() + "-" + version;
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    /**
     * {@return the local address the machine would use to reach the control server}
     *
     * <p>Connecting a datagram socket sends nothing; it asks the routing table. A control server on loopback means callers on
     * loopback.
     */
    private static String ownAddress(ServerAddress server) {
        String reason;
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(server.host(), server.port()));
            InetAddress local = socket.getLocalAddress();
            if (!local.isAnyLocalAddress()) {
                String address = local.getHostAddress();
                int zone = address.indexOf('%');
                return zone < 0 ? address : address.substring(0, zone);
            }
            reason = "no route";
        } catch (SocketException | IllegalArgumentException e) {
            reason = String.valueOf(e.getMessage());
        }
        LOG.warn(
                "no address of this machine leads to the control server {} ({}); callers will be told {}."
                        + " Set INMESH_ADDRESS to the address that callers dial",
                server,
                reason,
                LOOPBACK);
        return LOOPBACK;
    }

    private static String version() {
        String version = OwnNode.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
