package io.inmesh.server.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.semantic.SemanticValidator;
import io.inmesh.server.store.ConfigStore;
import io.inmesh.server.validate.SchemaValidator;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Document;
import io.inmesh.server.write.Documents;
import io.inmesh.server.write.Origin;
import io.inmesh.server.write.WriteResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files become configuration, and stop being it, whatever happens to them. Time passes when a test says so. */
class WatchedFolderTest {

    @TempDir
    private Path folder;

    private final FakeTime time = new FakeTime();
    private final MemoryTable engine = new MemoryTable();
    private final ConfigWriter writer = writer();

    private WatchedFolder watched = new WatchedFolder(Path.of("."), writer, time);

    @BeforeEach
    void enterTheFolder() {
        watched = watch();
    }

    @Test
    void whatIsThereAtTheStartIsRead() throws Exception {
        write("a.yaml", rule("a", "one"));
        write("deep/b.yml", rule("b", "one"));
        write(
                "c.json",
                "{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"DestinationRule\","
                        + "\"metadata\":{\"name\":\"c\"},\"spec\":{\"host\":\"one\"}}");
        write(".hidden.yaml", rule("hidden", "one"));
        write("readme.txt", "no YAML");
        watched.start();

        assertThat(stored()).containsExactly("a=one", "b=one", "c=one");
        assertThat(writer.store().view().all())
                .extracting(resource -> resource.annotations().get(Origin.ANNOTATION))
                .containsExactlyInAnyOrder("folder:a.yaml", "folder:deep/b.yml", "folder:c.json");
        assertThat(watched.problems()).isEmpty();
    }

    @Test
    void aChangedFileIsReadAgain() throws Exception {
        write("a.yaml", rule("a", "one"));
        watched.start();
        write("a.yaml", rule("a", "another") + "---\n" + rule("b", "one"));
        settle();

        assertThat(stored()).containsExactly("a=another", "b=one");
    }

    @Test
    void whatAFileNoLongerSaysIsGone() throws Exception {
        write("a.yaml", rule("a", "one") + "---\n" + rule("b", "one"));
        watched.start();
        write("a.yaml", rule("b", "one"));
        settle();

        assertThat(stored()).containsExactly("b=one");
    }

    @Test
    void aRemovedFileTakesItsResourcesWithItAndOnlyThem() throws Exception {
        write("a.yaml", rule("a", "one"));
        write("b.yaml", rule("b", "one"));
        watched.start();
        Files.delete(folder.resolve("a.yaml"));
        settle();

        assertThat(stored()).containsExactly("b=one");
    }

    @Test
    void anEmptiedFileSaysNothingAnyMore() throws Exception {
        write("a.yaml", rule("a", "one"));
        watched.start();
        write("a.yaml", "");
        settle();

        assertThat(stored()).isEmpty();
        assertThat(watched.problems()).isEmpty();
    }

    @Test
    void aFileThatIsStillBeingWrittenIsLeftAlone() throws Exception {
        write("a.yaml", rule("a", "one"));
        watched.start();
        write("a.yaml", "");
        look();
        write("a.yaml", rule("a", "two"));
        look();
        assertThat(stored()).as("it has changed since the last look").containsExactly("a=one");

        look();
        assertThat(stored()).containsExactly("a=two");
    }

    @Test
    void aBrokenFileLeavesWhatItSaidLastAndIsReportedUntilItIsMended() throws Exception {
        write("a.yaml", rule("a", "one"));
        write("b.yaml", rule("b", "one"));
        watched.start();
        write("a.yaml", rule("a", "two").replace("host:", "hots:"));
        write("b.yaml", rule("b", "two"));
        settle();

        assertThat(stored()).containsExactly("a=one", "b=two");
        assertThat(watched.problems())
                .singleElement()
                .asString()
                .startsWith("a.yaml: line 4, DestinationRule default/a: spec.hots there is no such field; "
                        + "did you mean \"host\"?");

        write("a.yaml", "kind: [");
        settle();
        assertThat(stored()).containsExactly("a=one", "b=two");
        assertThat(watched.problems()).singleElement().asString().startsWith("a.yaml: document 1, line 1");

        write("a.yaml", rule("a", "three"));
        settle();
        assertThat(stored()).containsExactly("a=three", "b=two");
        assertThat(watched.problems()).isEmpty();
    }

    @Test
    void aFileWithAMistakeIsUsedOnceItIsMended() throws Exception {
        write("a.yaml", rule("a", "one").replace("host:", "hots:"));
        watched.start();
        assertThat(stored()).isEmpty();
        assertThat(watched.problems()).hasSize(1);

        write("a.yaml", rule("a", "one"));
        settle();
        assertThat(stored()).containsExactly("a=one");
        assertThat(watched.problems()).isEmpty();
    }

    @Test
    void aBrokenFileThatIsRemovedIsNoProblemAnyMore() throws Exception {
        write("a.yaml", rule("a", "one"));
        watched.start();
        write("a.yaml", "kind: [");
        settle();
        Files.delete(folder.resolve("a.yaml"));
        settle();

        assertThat(stored()).isEmpty();
        assertThat(watched.problems()).isEmpty();
    }

    @Test
    void aMountedConfigMapIsFollowedWhenItsLinkIsSwapped() throws Exception {
        // How the kubelet does it: rules.yaml -> ..data/rules.yaml, ..data -> a folder of this version, swapped in one
        // step.
        write("..version1/rules.yaml", rule("a", "one"));
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..version1"));
        Files.createSymbolicLink(folder.resolve("rules.yaml"), Path.of("..data/rules.yaml"));
        watched.start();
        assertThat(stored()).containsExactly("a=one");

        write("..version2/rules.yaml", rule("a", "two"));
        Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..version2"));
        Files.move(folder.resolve("..data_tmp"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        settle();

        assertThat(stored()).containsExactly("a=two");
    }

    @Test
    void whatAFileMissesMayComeWithAnotherFileOrThroughTheApi() throws Exception {
        String route = """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: route}
                spec: {hosts: [a], http: [{route: [{destination: {host: a, subset: v1}}]}]}
                """;
        String service =
                "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{name: http, port: 80}]}}\n";
        api(service + "---\n" + rule("a", "a"));
        write("route.yaml", route);
        watched.start();
        assertThat(watched.problems()).singleElement().asString().contains("v1");

        api(rule("a", "a, subsets: [{name: v1}]"));
        settle();
        assertThat(watched.problems()).isEmpty();
        assertThat(stored()).contains("route=");
    }

    @Test
    void whatTheApiKeepsIsNotTakenOverByAFileNorTheOtherWayRound() throws Exception {
        api(rule("a", "api"));
        write("a.yaml", rule("a", "file"));
        write("b.yaml", rule("b", "file"));
        watched.start();

        assertThat(stored()).containsExactly("a=api", "b=file");
        assertThat(watched.problems()).singleElement().asString().contains("is kept by the API");

        WriteResult refused = apply(rule("b", "api"));
        assertThat(refused.accepted()).isFalse();
        assertThat(refused.errors().get(0).message()).contains("b.yaml of the watched folder");

        Files.delete(folder.resolve("a.yaml"));
        settle();
        assertThat(stored()).containsExactly("a=api", "b=file");
    }

    @Test
    void aResourceThatMovesToAnotherFileStays() throws Exception {
        write("a.yaml", rule("a", "one"));
        watched.start();
        Files.move(folder.resolve("a.yaml"), folder.resolve("b.yaml"));
        settle();

        assertThat(stored()).containsExactly("a=one");
        assertThat(watched.problems()).isEmpty();
    }

    @Test
    void filesThatWentWhileTheServerWasDownAreForgotten() throws Exception {
        write("a.yaml", rule("a", "one"));
        write("b.yaml", rule("b", "one"));
        api(rule("c", "api"));
        watched.start();
        watched.close();
        Files.delete(folder.resolve("a.yaml"));

        watched = watch();
        watched.start();
        assertThat(stored()).containsExactly("b=one", "c=api");
    }

    @Test
    void anUnchangedFolderChangesNothing() throws Exception {
        write("a.yaml", rule("a", "one"));
        write("bad.yaml", "kind: [");
        watched.start();
        long revision = writer.store().view().revision();
        settle();
        settle();

        assertThat(writer.store().view().revision()).isEqualTo(revision);
    }

    @Test
    void aFolderThatIsNoneIsRefused() {
        assertThatThrownBy(() -> new WatchedFolder(folder.resolve("missing"), writer, time).start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("missing is not a folder");
    }

    private WatchedFolder watch() {
        return new WatchedFolder(folder, writer, time);
    }

    private ConfigWriter writer() {
        return new ConfigWriter(
                new ConfigStore(engine),
                List.of(new SchemaValidator(), new SemanticValidator(RuleSettings.forTrustDomain("inmesh.local"))));
    }

    private void look() {
        time.advance(Duration.ofMillis(100));
    }

    /** A file is read when two looks have found it the same. */
    private void settle() {
        look();
        look();
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void api(String yaml) throws Exception {
        WriteResult result = apply(yaml);
        assertThat(result.accepted()).as(result.problems().toString()).isTrue();
    }

    private WriteResult apply(String yaml) throws Exception {
        List<ObjectNode> bodies =
                Documents.read(yaml).stream().map(Document::body).toList();
        return writer.apply(bodies, "default", null, Origin.API, false);
    }

    private List<String> stored() {
        return writer.store().view().all().stream()
                .filter(resource -> !resource.key().group().isEmpty())
                .map(WatchedFolderTest::line)
                .sorted()
                .toList();
    }

    private static String line(Resource resource) {
        return resource.key().name() + "=" + resource.spec().path("host").asText();
    }

    private static String rule(String name, String host) {
        return "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: " + name
                + "}\nspec: {host: " + host + "}\n";
    }
}
