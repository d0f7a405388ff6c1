package io.inmesh;

import io.inmesh.identity.ClientTls;
import io.inmesh.identity.TlsVersion;
import io.inmesh.observe.AccessLogSettings;
import io.inmesh.observe.MetricsProfile;
import io.inmesh.observe.TraceSettings;
import io.inmesh.spi.ControlPlaneProvider;
import java.util.Map;
import java.util.ServiceLoader;

/** What {@link Mesh#join} makes of the {@code INMESH_} settings of an environment. */
final class Joining {

    private Joining() {}

    /**
     * {@return a builder with the control plane of the class path, and all that the environment says}
     *
     * @throws IllegalStateException if no control plane is on the class path
     * @throws IllegalArgumentException if a setting is missing or wrong
     */
    static MeshBuilder builder(Map<String, String> environment) {
        ControlPlaneProvider provider = ServiceLoader.load(ControlPlaneProvider.class)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("Mesh.join() needs a control plane on the class path; add the"
                                + " dependency io.inmesh:mesh-control-client, or use Mesh.of or Mesh.fromFile"));
        ClientTls.check(environment);
        MeshBuilder builder = Mesh.builder()
                .name(environment.getOrDefault("INMESH_SERVICE", ""))
                .namespace(environment.getOrDefault("INMESH_NAMESPACE", "default"))
                .metricsProfile(MetricsProfile.of(environment.getOrDefault("INMESH_METRICS", "otel")))
                .traceSettings(TraceSettings.fromEnvironment(environment))
                .accessLog(AccessLogSettings.fromEnvironment(environment))
                .oldestTls(TlsVersion.of(environment.getOrDefault("INMESH_TLS_MIN_VERSION", "1.3")))
                .controlPlane(provider.fromEnvironment(environment));
        GlobalTelemetry.addTo(builder, environment);
        return builder;
    }
}
