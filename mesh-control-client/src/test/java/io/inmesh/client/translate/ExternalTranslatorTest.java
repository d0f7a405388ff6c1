package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.Condition;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.config.ExternalProtocol;
import io.inmesh.config.HeaderNames;
import io.inmesh.xds.core.ApiVersion;
import io.inmesh.xds.core.HeaderValue;
import io.inmesh.xds.filter.extauthz.ExtAuthz;
import io.inmesh.xds.filter.extauthz.HttpService;
import io.inmesh.xds.filter.rbac.RBAC;
import io.inmesh.xds.type.HttpStatus;
import io.inmesh.xds.type.matcher.ListStringMatcher;
import io.inmesh.xds.type.matcher.MetadataMatcher;
import io.inmesh.xds.type.matcher.StringMatcher;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Filters for external authorization as Istio writes them: what is understood, and that anything else is refused whole. */
class ExternalTranslatorTest {

    private static final List<Policy> POLICIES =
            List.of(new Policy("istio-ext-authz-ns[default]-policy[badge]-rule[0]", new Condition.Always()));

    private final ExternalTranslator translator = new ExternalTranslator(new ResourceReader("inbound"));

    @Test
    void marksAndTheFilterBehindThemAreOneCheck() {
        translator.mark("rbac", POLICIES);
        translator.ask(
                "ext_authz",
                filter(builder -> builder.setFailureModeAllow(true)
                        .setStatusOnError(HttpStatus.newBuilder().setCode(503))));
        assertThat(translator.result())
                .isEqualTo(new ExternalAuthorizationConfig(
                        new ExternalAuthorizerConfig(
                                "outbound|9191||opa.default.svc.cluster.local",
                                "opa.default.svc.cluster.local",
                                9191,
                                java.time.Duration.ofMillis(600),
                                true,
                                503),
                        POLICIES));
    }

    @Test
    void timeoutAndStatusAreEnvoysWithoutOne() {
        translator.mark("rbac", POLICIES);
        translator.ask(
                "ext_authz", filter(builder -> builder.getGrpcServiceBuilder().clearTimeout()));
        ExternalAuthorizerConfig authorizer = translator.result().authorizer();
        assertThat(authorizer.timeout()).isEqualTo(java.time.Duration.ofMillis(200));
        assertThat(authorizer.statusOnError()).isEqualTo(403);
        assertThat(authorizer.failOpen()).isFalse();
    }

    @Test
    void nothingIsAskedWithoutEither() {
        assertThat(translator.result()).isNull();
    }

    @Test
    void marksThatNoFilterAsksAboutAreRefused() {
        translator.mark("rbac", POLICIES);
        assertThatThrownBy(translator::result)
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining("unchecked");
    }

    @Test
    void filterWithoutMarksBeforeItIsRefused() {
        assertThatThrownBy(() -> translator.ask("ext_authz", filter(builder -> {})))
                .isInstanceOf(InvalidResourceException.class);
    }

    @Test
    void secondMarksAndSecondFilterAreRefused() {
        translator.mark("rbac", POLICIES);
        assertThatThrownBy(() -> translator.mark("rbac", POLICIES)).isInstanceOf(InvalidResourceException.class);
        translator.ask("ext_authz", filter(builder -> {}));
        assertThatThrownBy(() -> translator.ask("ext_authz", filter(builder -> {})))
                .isInstanceOf(InvalidResourceException.class);
    }

    @Test
    void markThatTheFilterDoesNotLookForIsRefused() {
        List<Policy> other = List.of(new Policy("ns[default]-policy[badge]-rule[0]", new Condition.Always()));
        assertThatThrownBy(() -> translator.mark("rbac", other)).isInstanceOf(InvalidResourceException.class);
    }

    @Test
    void filterThatLooksForAnotherMarkIsRefused() {
        refused(builder -> builder.setFilterEnabledMetadata(MetadataMatcher.getDefaultInstance()), "mark");
        refused(ExtAuthz.Builder::clearFilterEnabledMetadata, "mark");
    }

    @Test
    void whatIsAskedNeitherByGrpcVersion3NorByHttpIsRefused() {
        refused(ExtAuthz.Builder::clearGrpcService, "nobody to ask");
        refused(builder -> builder.getAllowedHeadersBuilder(), "gRPC get them all");
        refused(builder -> builder.setTransportApiVersion(ApiVersion.AUTO), "V3");
    }

    @Test
    void nameIsTheOneOfTheFiguresIfThereIsOne() {
        translator.mark("rbac", POLICIES);
        translator.ask("ext_authz", filter(builder -> builder.setStatPrefix("opa")));
        assertThat(translator.result().authorizer().name()).isEqualTo("opa");
    }

    @Test
    void httpServiceIsUnderstoodWhole() {
        translator.mark("rbac", POLICIES);
        translator.ask("ext_authz", http(service -> {
            service.setPathPrefix("/check");
            service.getAuthorizationRequestBuilder()
                    .addHeadersToAdd(HeaderValue.newBuilder().setKey("X-Mesh").setValue("ours"));
            service.getAuthorizationResponseBuilder()
                    .setAllowedUpstreamHeaders(names(StringMatcher.newBuilder().setExact("X-User")))
                    .setAllowedClientHeaders(names(StringMatcher.newBuilder().setPrefix("x-")))
                    .setAllowedClientHeadersOnSuccess(
                            names(StringMatcher.newBuilder().setSuffix("-cookie")));
        }));
        ExternalAuthorizerConfig authorizer = translator.result().authorizer();
        assertThat(authorizer.host()).isEqualTo("opa.default.svc.cluster.local");
        assertThat(authorizer.timeout()).isEqualTo(java.time.Duration.ofMillis(700));
        assertThat(authorizer.protocol())
                .isEqualTo(new ExternalProtocol.Http(
                        "/check",
                        HeaderNames.of(List.of("authorization")),
                        List.of(Map.entry("x-mesh", "ours")),
                        HeaderNames.of(List.of("x-user")),
                        HeaderNames.of(List.of("x-*")),
                        HeaderNames.of(List.of("*-cookie"))));
    }

    @Test
    void httpServiceThatIsNotUnderstoodIsRefused() {
        refused(http(service -> service.getServerUriBuilder().setCluster("opa")), "||host");
        refused(http(service -> service.setPathPrefix("//evil")), "path_prefix");
        refused(
                http(service -> service.getAuthorizationResponseBuilder()
                        .setAllowedUpstreamHeaders(
                                names(StringMatcher.newBuilder().setContains("x")))),
                "allowed_upstream_headers");
    }

    private static ExtAuthz http(Consumer<HttpService.Builder> change) {
        HttpService.Builder service = HttpService.newBuilder();
        service.getServerUriBuilder()
                .setUri("http://opa")
                .setCluster("outbound|9191||opa.default.svc.cluster.local")
                .setTimeout(Duration.newBuilder().setNanos(700_000_000));
        change.accept(service);
        return filter(builder -> builder.setHttpService(service)
                .setAllowedHeaders(names(
                        StringMatcher.newBuilder().setExact("Authorization").setIgnoreCase(true))));
    }

    private static ListStringMatcher names(StringMatcher.Builder matcher) {
        return ListStringMatcher.newBuilder().addPatterns(matcher).build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "opa", "inbound|9191||opa", "outbound|0||opa", "outbound|x||opa"})
    void clusterThatIsNoServiceIsRefused(String cluster) {
        refused(
                builder -> builder.getGrpcServiceBuilder().getEnvoyGrpcBuilder().setClusterName(cluster),
                "outbound|port||host");
    }

    @Test
    void statusThatIsNoneIsRefused() {
        refused(builder -> builder.setStatusOnError(HttpStatus.newBuilder().setCode(100)), "status");
    }

    @Test
    void dryRunIsNoMark() {
        assertThat(ExternalTranslator.marks(RBAC.newBuilder()
                        .setShadowRulesStatPrefix("istio_dry_run_deny_")
                        .build()))
                .isFalse();
    }

    private static void refused(Consumer<ExtAuthz.Builder> change, String why) {
        refused(filter(change), why);
    }

    private static void refused(ExtAuthz filter, String why) {
        ExternalTranslator fresh = new ExternalTranslator(new ResourceReader("inbound"));
        fresh.mark("rbac", POLICIES);
        assertThatThrownBy(() -> fresh.ask("ext_authz", filter))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining(why);
    }

    private static ExtAuthz filter(Consumer<ExtAuthz.Builder> change) {
        ExtAuthz.Builder filter = ExtAuthz.newBuilder().setTransportApiVersion(ApiVersion.V3);
        filter.getGrpcServiceBuilder()
                .setTimeout(Duration.newBuilder().setNanos(600_000_000))
                .getEnvoyGrpcBuilder()
                .setClusterName("outbound|9191||opa.default.svc.cluster.local");
        filter.getFilterEnabledMetadataBuilder()
                .setFilter("envoy.filters.http.rbac")
                .addPath(MetadataMatcher.PathSegment.newBuilder().setKey("istio_ext_authz_shadow_effective_policy_id"))
                .getValueBuilder()
                .getStringMatchBuilder()
                .setPrefix("istio-ext-authz");
        change.accept(filter);
        return filter.build();
    }
}
