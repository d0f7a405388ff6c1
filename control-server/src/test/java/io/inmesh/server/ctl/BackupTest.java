package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of a server that runs, and the way back to their configuration. */
class BackupTest {

    private static final String SERVICES = """
            {apiVersion: v1, kind: Service, metadata: {name: reviews}, spec: {ports: [{port: 9080, name: http}], selector: {app: reviews}}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: ratings}, spec: {ports: [{port: 9080, name: http}], selector: {app: ratings}}}
            """;

    @TempDir
    private Path folder;

    private MeshUnderTest mesh;
    private Path file;

    @BeforeEach
    void serve() throws Exception {
        mesh = new MeshUnderTest(folder);
        mesh.apply(SERVICES);
        mesh.apply(route("3s"));
        file = folder.resolve("mesh.backup");
        assertThat(mesh.run("backup", file.toString()).exitCode()).isZero();
    }

    @AfterEach
    void stop() {
        mesh.close();
    }

    @Test
    void theConfigurationIsWhatItWasAndAllOfItCameByChanges() throws Exception {
        mesh.apply(route("9s"));
        mesh.apply("""
                {apiVersion: v1, kind: Service, metadata: {name: details}, spec: {ports: [{port: 9080, name: http}], selector: {app: details}}}
                """);
        assertThat(mesh.run("delete", "service", "ratings").exitCode()).isZero();
        MeshUnderTest.Run tried = mesh.run("restore", file.toString(), "--dry-run");
        assertThat(tried.out())
                .contains("virtualservice.networking.istio.io/reviews configured (dry run)")
                .contains("service/ratings created (dry run)")
                .contains("service/details deleted (dry run)");
        assertThat(services()).contains("details").doesNotContain("ratings");
        MeshUnderTest.Run restored = mesh.run("restore", file.toString());
        assertThat(restored.exitCode()).as(restored.err()).isZero();
        assertThat(services()).contains("ratings", "reviews").doesNotContain("details");
        assertThat(mesh.run("get", "virtualservice", "reviews", "-o", "yaml").out())
                .contains("timeout: \"3s\"");
        assertThat(mesh.run("history", "virtualservice", "reviews").out().lines())
                .as("a title and three versions")
                .hasSize(4);
        assertThat(mesh.run("audit").out()).contains("backup-taken");
    }

    @Test
    void aBackupIsForItsOwnerAndNeverWrittenOverAnotherOne() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        MeshUnderTest.Run again = mesh.run("backup", file.toString());
        assertThat(again.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(again.err()).contains("exists already");
    }

    @Test
    void whatIsCutOffChangesNothing() throws Exception {
        mesh.apply(route("9s"));
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() / 2));
        MeshUnderTest.Run refused = mesh.run("restore", file.toString());
        assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.err()).contains("mesh.backup");
        assertThat(mesh.run("get", "virtualservice", "reviews", "-o", "yaml").out())
                .contains("timeout: \"9s\"");
    }

    private String services() {
        return mesh.run("get", "service", "-o", "name").out();
    }

    private static String route(String timeout) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews}
                spec:
                  hosts: [reviews]
                  http: [{timeout: %s, route: [{destination: {host: reviews}}]}]
                """.formatted(timeout);
    }
}
