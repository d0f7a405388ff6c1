package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.rule.ExportScope;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.service.Locality;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.Protocol;
import io.inmesh.server.service.Resolution;
import io.inmesh.server.service.ServicePort;
import io.inmesh.server.service.Workload;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.translate.ClientContext;
import io.inmesh.server.translate.Personality;
import io.inmesh.server.translate.ResourceSet;
import io.inmesh.server.translate.Translator;
import io.inmesh.server.translate.Trust;
import io.inmesh.server.translate.TypeUrls;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What operators see of configuration that gets past the validator and cannot be translated. */
class UntranslatedTest {

    private static final String RATINGS = """
            apiVersion: v1
            kind: Service
            metadata: {name: ratings, namespace: default}
            spec: {ports: [{name: http, port: 9080}], selector: {app: ratings}}
            """;
    private static final String REVIEWS = RATINGS.replace("ratings", "reviews");

    /** No port, though it is made of digits. */
    private static final String TOO_LARGE = "99999999999";

    private List<MeshService> discovered = List.of();
    private ConfigView config = Config.view(RATINGS);
    private final TranslatedResources resources = new TranslatedResources(
            new Translator(
                    RuleSettings.forTrustDomain("inmesh.local"),
                    RuleSettings.forTrustDomain("inmesh.local")::issuerKeys,
                    () -> discovered),
            () -> config,
            List::of,
            () -> Trust.of(""));

    @Test
    void nothingIsToldWhileAllIsWell() {
        resources.resourcesFor(client());

        assertThat(resources.problems()).isEmpty();
    }

    @Test
    void configurationThatCannotBeTranslatedAtAllIsNamedWithWhatWasChanged() {
        resources.resourcesFor(client());
        discovered = null;
        config = Config.view(RATINGS + "---\n" + REVIEWS);
        resources.changed();
        resources.resourcesFor(client());

        assertThat(resources.problems())
                .singleElement()
                .asString()
                .contains(
                        "not in effect anywhere", "NullPointerException", "Service default/reviews", "meshctl rollback")
                .doesNotContain("default/ratings");
    }

    @Test
    void processesWhoseResourcesCannotBeMadeAreNamed() {
        resources.resourcesFor(client());
        discovered = List.of(broken());
        config = Config.view(REVIEWS);
        resources.changed();

        assertThatThrownBy(() -> resources.resourcesFor(client())).isInstanceOf(RuntimeException.class);

        assertThat(resources.problems())
                .singleElement()
                .asString()
                .contains("namespace default", "app=productpage", "keep what they have")
                .contains("Service default/reviews", "Service default/ratings (deleted)");
    }

    @Test
    void aChangeThatCannotBeTranslatedIsHeldBackAndAllOthersAreInEffect() {
        config = Config.view(RATINGS, checks("good", "GET"));
        resources.resourcesFor(client());

        config = Config.view(RATINGS, REVIEWS, checks("bad", "NONE"));
        resources.changed();

        assertThat(sent())
                .contains("reviews.default.svc.cluster.local:9080", "mark-good")
                .doesNotContain("mark-bad");
        assertThat(resources.problems())
                .singleElement()
                .asString()
                .contains("BackendTrafficPolicy default/ratings is held back", "last good version stays");
    }

    @Test
    void itStaysHeldBackThroughOtherChangesUntilItIsMended() {
        config = Config.view(RATINGS, checks("good", "GET"));
        resources.resourcesFor(client());
        config = Config.view(RATINGS, checks("bad", "NONE"));
        resources.changed();
        resources.resourcesFor(client());

        config = Config.view(RATINGS, REVIEWS, checks("bad", "NONE"));
        resources.changed();
        assertThat(sent()).contains("reviews.default.svc.cluster.local:9080", "mark-good");
        resources.changed();
        assertThat(sent()).as("nothing but workloads has changed").contains("mark-good");
        assertThat(resources.problems()).hasSize(1);

        config = Config.view(RATINGS, REVIEWS, checks("mended", "HEAD"));
        resources.changed();
        assertThat(sent()).contains("mark-mended").doesNotContain("mark-good");
        assertThat(resources.problems()).isEmpty();
    }

    @Test
    void whoeverIsConnectedHearsOfTheRestOfTheChange() {
        resources.resourcesFor(client());
        config = Config.view(RATINGS, checks("good", "GET"));
        resources.changed();
        resources.resourcesFor(client());
        int[] told = {0};
        resources.onChange(() -> told[0]++);
        config = Config.view(RATINGS, checks("bad", "NONE"));
        resources.changed();

        resources.resourcesFor(client());

        assertThat(told[0]).as("of the change, and of what is held back").isEqualTo(2);
    }

    @Test
    void aRuleAboutAccessThatCannotBeTranslatedKeepsAllBackThatMayCountOnIt() {
        config = Config.view(RATINGS, guard("/good", "9080"));
        resources.resourcesFor(client());
        config = Config.view(RATINGS, REVIEWS, guard("/bad", TOO_LARGE));
        resources.changed();

        assertThatThrownBy(() -> resources.resourcesFor(client())).isInstanceOf(RuntimeException.class);
        assertThat(resources.problems()).singleElement().asString().contains("keep what they have");
    }

    @Test
    void serverThatKnowsNoGoodConfigurationLeavesNothingOut() {
        config = Config.view(RATINGS, REVIEWS, checks("bad", "NONE"));

        assertThatThrownBy(() -> resources.resourcesFor(client())).isInstanceOf(RuntimeException.class);
        assertThat(resources.problems()).singleElement().asString().contains("keep what they have");
    }

    @Test
    void endpointsThatCannotBeDescribedTakeNoServiceAway() {
        resources.resourcesFor(client());
        config = Config.view(RATINGS, REVIEWS);
        resources.changed();
        resources.resourcesFor(client());
        discovered = List.of(broken());
        resources.changed();

        assertThatThrownBy(() -> resources.resourcesFor(client())).isInstanceOf(RuntimeException.class);
        assertThat(resources.state().config().all()).hasSize(2);
    }

    @Test
    void aNewRuleAboutAccessIsNeverLeftOut() {
        resources.resourcesFor(client());
        config = Config.view(RATINGS, guard("/bad", TOO_LARGE));
        resources.changed();

        assertThatThrownBy(() -> resources.resourcesFor(client())).isInstanceOf(RuntimeException.class);
        assertThat(resources.problems()).singleElement().asString().contains("keep what they have");
    }

    /** {@return a rule that nothing checks, whose mark is seen in what is sent; with a method that is none it cannot be translated} */
    private static String checks(String mark, String method) {
        return """
                apiVersion: inmesh.io/v1alpha1
                kind: BackendTrafficPolicy
                metadata: {name: ratings, namespace: default}
                spec: {host: ratings, healthChecks: [{http: {path: /mark-%s, method: %s}}]}
                """.formatted(mark, method);
    }

    /** {@return a rule that nothing checks; with {@link #TOO_LARGE} it is none that can be translated} */
    private static String guard(String path, String port) {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: guard, namespace: default}
                spec: {action: DENY, rules: [{to: [{operation: {paths: ["%s"], ports: ["%s"]}}]}]}
                """.formatted(path, port);
    }

    /** {@return the texts in clusters, listeners and routes} */
    private String sent() {
        ResourceSet set = resources.resourcesFor(client());
        return Stream.of(TypeUrls.CLUSTER, TypeUrls.LISTENER, TypeUrls.ROUTES)
                .flatMap(type -> set.all(type).values().stream())
                .map(resource -> resource.any().getValue().toStringUtf8())
                .collect(Collectors.joining());
    }

    @Test
    void whatIsMendedIsNotToldAnyMore() {
        resources.resourcesFor(client());
        discovered = List.of(broken());
        resources.changed();
        assertThatThrownBy(() -> resources.resourcesFor(client())).isInstanceOf(RuntimeException.class);
        discovered = List.of();
        resources.changed();

        resources.resourcesFor(client());

        assertThat(resources.problems()).isEmpty();
    }

    /** {@return a service whose endpoint nobody can describe} */
    private static MeshService broken() {
        Workload workload = new Workload(
                "default", "broken", "broken-1", Map.of(), "10.0.0.1", Map.of(), Locality.UNKNOWN, 1, "", null, false);
        return new MeshService(
                "broken.default.svc.cluster.local",
                "broken",
                "default",
                true,
                false,
                List.of(new ServicePort(9080, "http", Protocol.HTTP, "")),
                Resolution.STATIC,
                List.of(),
                ExportScope.everyone("default"),
                List.of(workload),
                new ResourceKey("", "Service", "default", "broken"));
    }

    private static ClientContext client() {
        return new ClientContext(
                "default", Map.of("app", "productpage"), "default.svc.cluster.local", Personality.FULL);
    }
}
