package io.inmesh.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in force where a rule about access is not. */
class StandInTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            AuthorizationPolicy | spec: {rulez: []}                                                 | {action: ALLOW}
            AuthorizationPolicy | spec: {selector: {matchLabels: {app: a}}, action: ALLOW, x: 1}    | {selector: {matchLabels: {app: a}}, action: ALLOW}
            AuthorizationPolicy | spec: {action: DENY, rulez: []}                                   | {action: DENY, rules: [{}]}
            AuthorizationPolicy | spec: {action: CUSTOM}                                            | {action: DENY, rules: [{}]}
            AuthorizationPolicy | spec: {action: 7}                                                 | {action: DENY, rules: [{}]}
            PeerAuthentication  | spec: {selector: {matchLabels: {app: a}}, mtls: {mode: LOOSE}}    | {selector: {matchLabels: {app: a}}, mtls: {mode: STRICT}}
            """)
    void itIsTheNarrowestThatTheRuleCanHaveMeant(String kind, String rule, String expected) {
        ObjectNode standIn = StandIn.of(document(kind, "n", rule), true).orElseThrow();
        assertThat(standIn.get("spec")).isEqualTo(read(expected));
        assertThat(standIn.at("/metadata/name").asText()).isEqualTo("n");
        assertThat(standIn.at("/metadata/namespace").asText()).isEqualTo("shop");
    }

    @Test
    void aSelectorThatCannotBeReadMeansTheWholeNamespace() {
        ObjectNode rule = document("AuthorizationPolicy", "n", "spec: {selector: 7}");
        assertThat(StandIn.of(rule, false).orElseThrow().get("spec")).isEqualTo(read("{action: ALLOW}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spec: {targetRefs: [{kind: Gateway, name: front}]}",
                "spec: {action: AUDIT}",
                "metadata: {annotations: {istio.io/dry-run: 'true'}}"
            })
    void whatNarrowsNoAccessHereHasNone(String rule) {
        assertThat(StandIn.of(document("AuthorizationPolicy", "n", rule), true)).isEmpty();
    }

    @Test
    void otherKindsHaveNone() {
        assertThat(StandIn.of(document("RequestAuthentication", "n", "spec: {}"), true))
                .isEmpty();
    }

    private static ObjectNode document(String kind, String name, String rest) {
        ObjectNode document = read("{" + rest + "}");
        document.put("apiVersion", "security.istio.io/v1").put("kind", kind);
        document.withObject("metadata").put("name", name).put("namespace", "shop");
        return document;
    }

    private static ObjectNode read(String yaml) {
        try {
            return (ObjectNode) new YAMLMapper().readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
