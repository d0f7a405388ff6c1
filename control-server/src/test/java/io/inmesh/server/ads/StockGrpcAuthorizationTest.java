package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.xds.XdsServerBuilder;
import io.grpc.xds.XdsServerCredentials;
import io.inmesh.server.ca.Pem;
import io.inmesh.server.fixture.Config;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.translate.Translator;
import io.inmesh.server.translate.Trust;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The xDS server that comes with gRPC-Java enforces what it is sent: what it cannot express it denies, and it refuses no listener.
 *
 * <p>Each row is a policy's spec (or several, each with its name), what the caller sends, and whether it gets in.
 */
class StockGrpcAuthorizationTest {

    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0} [{1}] → {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                // Rules: absent, empty, never.
                "action: ALLOW | | false",
                "action: ALLOW, rules: [{}] | | true",
                "action: DENY | | true",
                "action: DENY, rules: [{}] | | false",
                // DENY and ALLOW together are two filters, which must not have one name.
                "action: DENY, rules: [{to: [{operation: {paths: [/other]}}]}] + action: ALLOW, rules: [{}] | | true",
                "action: DENY, rules: [{to: [{operation: {paths: ['/grpc.health.v1.Health/*']}}]}] + action: ALLOW, rules: [{}] | | false",
                // What a token says is not known: ALLOW never, DENY always.
                "action: ALLOW, rules: [{from: [{source: {requestPrincipals: ['*']}}]}] | | false",
                "action: ALLOW, rules: [{when: [{key: 'request.auth.claims[a]', values: [b]}]}] | | false",
                "action: ALLOW, rules: [{when: [{key: 'request.auth.claims[a]', notValues: [b]}]}] | | false",
                "action: DENY, rules: [{from: [{source: {requestPrincipals: [a]}}]}] | | false",
                "action: DENY, rules: [{from: [{source: {notRequestPrincipals: ['*']}}]}] | | false",
                "action: DENY, rules: [{when: [{key: 'request.auth.claims[a]', values: [b]}], to: [{operation: {paths: [/other]}}]}] | | true",
                "action: ALLOW, rules: [{from: [{source: {requestPrincipals: ['*']}}, {source: {ipBlocks: [127.0.0.1]}}]}] | | true",
                "action: DENY, rules: [{when: [{key: connection.sni, values: [a]}]}] | | false",
                "action: ALLOW, rules: [{when: [{key: connection.sni, values: ['*']}]}] | | false",
                "action: DENY, rules: [{when: [{key: 'request.headers[grpc-timeout]', values: ['*']}]}] | | false",
                // CUSTOM: nobody can be asked, so what it guards is closed.
                "action: CUSTOM, provider: {name: a}, rules: [{}] | | false",
                "action: CUSTOM, provider: {name: a}, rules: [{to: [{operation: {paths: [/other]}}]}] | | true",
                "action: CUSTOM, provider: {name: a}, rules: [{to: [{operation: {notPaths: [/other]}}]}] + action: ALLOW, rules: [{}] | | false",
                // AUDIT changes nothing.
                "action: AUDIT, rules: [{}] | | true",
                "action: AUDIT, rules: [{}] + action: ALLOW | | false",
                // Templates.
                "action: ALLOW, rules: [{to: [{operation: {paths: ['/{*}/Check']}}]}] | | true",
                "action: ALLOW, rules: [{to: [{operation: {paths: ['/{*}']}}]}] | | false",
                "action: DENY, rules: [{to: [{operation: {paths: ['/{**}']}}]}] | | false",
                // Of several values of a header none hides behind another.
                "action: DENY, rules: [{when: [{key: 'request.headers[x-a]', values: [bad]}]}] | x-a=good | true",
                "action: DENY, rules: [{when: [{key: 'request.headers[x-a]', values: [bad]}]}] | x-a=good x-a=bad | false",
                "action: DENY, rules: [{when: [{key: 'request.headers[X-A]', values: [bad]}]}] | x-a=bad x-a=good | false",
                "action: DENY, rules: [{when: [{key: 'request.headers[x-a]', values: ['bad*']}]}] | x-a=good x-a=bad1 x-a=x | false",
                "action: DENY, rules: [{when: [{key: 'request.headers[x-a]', values: ['*bad']}]}] | x-a=1bad x-a=good | false",
                "action: DENY, rules: [{when: [{key: 'request.headers[x-a]', notValues: ['good*']}]}] | x-a=good1 x-a=bad | false",
                "action: DENY, rules: [{when: [{key: 'request.headers[x-a]', notValues: ['good*']}]}] | x-a=good1 x-a=good2 | true",
                "action: ALLOW, rules: [{when: [{key: 'request.headers[x-a]', values: ['good*']}]}] | x-a=good1 x-a=bad | false",
                "action: ALLOW, rules: [{when: [{key: 'request.headers[x-a]', values: ['*good']}]}] | x-a=bad x-a=1good | false",
                "action: ALLOW, rules: [{when: [{key: 'request.headers[x-a]', values: [good]}]}] | x-a=good x-a=good | true",
                "action: ALLOW, rules: [{when: [{key: 'request.headers[x-a]', values: ['*']}]}] | x-a=any | true",
                "action: ALLOW, rules: [{when: [{key: 'request.headers[x-a]', values: ['*']}]}] | | false",
                // A port hides no host.
                "action: DENY, rules: [{to: [{operation: {hosts: [Admin.Test]}}]}] | :authority=admin.test:9080 | false",
                "action: DENY, rules: [{to: [{operation: {hosts: ['*.test']}}]}] | :authority=admin.test.:1 | false",
                "action: DENY, rules: [{to: [{operation: {hosts: ['admin.test:81']}}]}] | :authority=admin.test:8 | true",
                "action: DENY, rules: [{to: [{operation: {hosts: ['admin*']}}]}] | :authority=ADMIN.test:8 | false",
                "action: ALLOW, rules: [{to: [{operation: {notHosts: [admin.test]}}]}] | :authority=admin.test:8 | false",
                // Identities of nobody.
                "action: ALLOW, rules: [{from: [{source: {principals: ['*']}}]}] | | false",
                "action: ALLOW, rules: [{from: [{source: {namespaces: ['*']}}]}] | | false",
                "action: DENY, rules: [{from: [{source: {notPrincipals: ['*']}}]}] | | false",
            })
    void itDeniesWhatItCannotExpress(String specs, String headers, boolean allowed) throws Exception {
        StringBuilder yaml = new StringBuilder();
        int name = 0;
        for (String spec : specs.split(" \\+ ")) {
            yaml.append("{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: p")
                    .append(name++)
                    .append("}, spec: {")
                    .append(spec)
                    .append("}}\n---\n");
        }
        try (TestServer control = new TestServer(
                directory,
                (registry, authority) -> new TranslatedResources(
                        new Translator(RuleSettings.forTrustDomain("inmesh.local")),
                        () -> Config.view(yaml.toString()),
                        registry::workloads,
                        () -> Trust.of(Pem.encode(authority.roots()))))) {
            Server backend = backend(control);
            try {
                assertThat(call(backend.getPort(), headers == null ? "" : headers))
                        .isEqualTo(allowed ? Status.Code.OK : Status.Code.PERMISSION_DENIED);
            } finally {
                backend.shutdownNow();
            }
        }
    }

    private static Status.Code call(int port, String headers) throws Exception {
        Metadata metadata = new Metadata();
        String authority = "ratings:9080";
        for (String header : headers.isEmpty() ? new String[0] : headers.split(" ")) {
            String[] parts = header.split("=", 2);
            if (parts[0].equals(":authority")) {
                authority = parts[1];
            } else {
                metadata.put(Metadata.Key.of(parts[0], Metadata.ASCII_STRING_MARSHALLER), parts[1]);
            }
        }
        ManagedChannel channel = Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create())
                .overrideAuthority(authority)
                .intercept(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .build();
        try {
            ClientCalls.blockingUnaryCall(
                    channel,
                    HealthGrpc.getCheckMethod(),
                    CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
                    HealthCheckRequest.getDefaultInstance());
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        } finally {
            channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    /** A stock gRPC server, started: it has got its listener by then. */
    private static Server backend(TestServer control) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Map<String, ?> bootstrap = Map.of(
                "xds_servers",
                List.of(Map.of(
                        "server_uri", "127.0.0.1:" + control.plaintextPort(),
                        "channel_creds", List.of(Map.of("type", "insecure")),
                        "server_features", List.of("xds_v3"))),
                "node",
                Map.of(
                        "id",
                        "sidecar~127.0.0.1~ratings-1.default~default.svc.cluster.local",
                        "metadata",
                        Map.of("NAMESPACE", "default", "GENERATOR", "grpc")),
                "server_listener_resource_name_template",
                "xds.istio.io/grpc/lds/inbound/%s");
        return XdsServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        XdsServerCredentials.create(InsecureServerCredentials.create()))
                .overrideBootstrapForTest(bootstrap)
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
    }
}
