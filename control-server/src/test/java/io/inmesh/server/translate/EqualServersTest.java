package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.Workloads;
import io.inmesh.server.registry.RegisteredWorkload;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.xds.TypeUrls;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that know the same name it the same way, so that a client that moves from one to another is sent nothing again. */
class EqualServersTest {

    @ParameterizedTest
    @EnumSource(Personality.class)
    void versionsDependOnNothingButContent(Personality personality) {
        List<RegisteredWorkload> inAnotherOrder = new ArrayList<>(Workloads.bookinfo());
        Collections.reverse(inAnotherOrder);
        Translator one = new Translator(RuleSettings.forTrustDomain("inmesh.local"));
        Translator other = new Translator(RuleSettings.forTrustDomain("inmesh.local"));
        MeshState first = one.translate(Config.view(Config.BOOKINFO), Workloads.bookinfo(), null);
        // The other has been through something else before.
        MeshState before = other.translate(Config.view(Config.BOOKINFO), List.of(), null);
        MeshState second = other.translate(Config.view(Config.BOOKINFO), inAnotherOrder, before);

        assertThat(versions(first, personality)).isEqualTo(versions(second, personality));
        assertThat(versions(before, personality)).isNotEqualTo(versions(second, personality));
    }

    private static Map<String, String> versions(MeshState state, Personality personality) {
        ResourceSet set = state.resourcesFor(MeshFixture.client("default", Map.of("app", "productpage"), personality));
        Map<String, String> versions = new TreeMap<>();
        for (String type : List.of(TypeUrls.LISTENER, TypeUrls.CLUSTER, TypeUrls.ENDPOINT, TypeUrls.ROUTE)) {
            set.all(type).forEach((name, resource) -> versions.put(type + "/" + name, resource.version()));
        }
        assertThat(versions).hasSizeGreaterThan(5);
        return versions;
    }
}
