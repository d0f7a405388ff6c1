package io.inmesh.observe;

import io.inmesh.identity.CertificateLife;
import io.inmesh.limit.ConcurrencyLimit;
import io.inmesh.time.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Gauges of this process: its certificate, its config, its control plane, its limit. What there is none of is not a number. */
final class ProcessGauges {

    private final MeterRegistry registry;
    private final Clock clock;
    private final MultiGauge version;
    private volatile @Nullable CertificateLife certificate;

    ProcessGauges(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        this.version = MultiGauge.builder("inmesh.config.info")
                .description("1, with the version of the config in use")
                .register(registry);
        TimeGauge.builder("inmesh.identity.expiry", this, TimeUnit.MILLISECONDS, ProcessGauges::millisToExpiry)
                .description("Time until this process's certificate expires; not a number without one")
                .register(registry);
        Gauge.builder("inmesh.identity.health", this, ProcessGauges::certificateHealth)
                .description("0 sound, 1 degraded, 2 expired; not a number without a certificate")
                .register(registry);
    }

    void certificate(CertificateLife life) {
        certificate = life;
    }

    void show(String configVersion) {
        version.register(List.of(Row.of(Tags.of("version", configVersion), 1)), true);
    }

    void watch(MeshView mesh) {
        TimeGauge.builder("inmesh.config.age", () -> ageMillis(mesh), TimeUnit.MILLISECONDS)
                .description("Time since the config was put in use; not a number while there is none")
                .register(registry);
        Gauge.builder("inmesh.xds.connected", () -> connected(mesh))
                .description("1 while the control plane hears from a server; not a number without control plane")
                .register(registry);
        concurrency(
                mesh,
                "inmesh.server.concurrency.limit",
                "Inbound requests that may be in flight at once",
                limit -> limit.limit());
        concurrency(
                mesh,
                "inmesh.server.concurrency.used",
                "Inbound requests in flight that count towards the limit",
                limit -> limit.inFlight());
    }

    private void concurrency(MeshView mesh, String name, String description, ToDoubleFunction<ConcurrencyLimit> read) {
        Gauge.builder(name, () -> {
                    ConcurrencyLimit limit = mesh.inboundConcurrency();
                    return limit == null ? Double.NaN : read.applyAsDouble(limit);
                })
                .description(description)
                .register(registry);
    }

    private double ageMillis(MeshView mesh) {
        Instant since = mesh.configAppliedAt();
        return since == null ? Double.NaN : clock.epochMillis() - since.toEpochMilli();
    }

    private static double connected(MeshView mesh) {
        Boolean connected = mesh.controlPlaneConnected();
        return connected == null ? Double.NaN : connected ? 1 : 0;
    }

    private double millisToExpiry() {
        CertificateLife life = certificate;
        return life == null ? Double.NaN : life.endsMillis() - clock.epochMillis();
    }

    private double certificateHealth() {
        CertificateLife life = certificate;
        return life == null ? Double.NaN : life.healthAt(clock.epochMillis()).ordinal();
    }
}
