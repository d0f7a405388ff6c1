package io.inmesh.server.source.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.service.Health;
import io.inmesh.server.service.Workload;
import io.inmesh.server.source.ServiceSource;
import io.inmesh.server.source.ServiceSourceContract;
import io.inmesh.server.source.SourceService;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileSourceTest extends ServiceSourceContract {

    @TempDir
    private Path folder;

    @Override
    protected Registry registry() {
        return new FileRegistry(folder.resolve("services.yaml"));
    }

    @Test
    void readsEveryField() throws IOException {
        SourceService service = read("""
                services:
                - name: payments.example.com
                  namespace: shop
                  ports: [{number: 443, name: grpc, protocol: grpc, targetPort: 8443}]
                  endpoints:
                  - address: 10.1.0.1
                    ports: {grpc: 9443}
                    labels: {version: v2}
                    locality: eu/eu-1
                    weight: 3
                    serviceAccount: payments
                    health: draining
                    meshTls: true
                  - address: 10.1.0.2
                """).get(0);

        Workload first = service.endpoints().get(0);
        assertThat(service.namespace()).isEqualTo("shop");
        assertThat(first.portFor(service.ports().get(0))).isEqualTo(OptionalInt.of(9443));
        assertThat(first.labels()).isEqualTo(Map.of("version", "v2"));
        assertThat(first.locality()).hasToString("eu/eu-1");
        assertThat(first.weight()).isEqualTo(3);
        assertThat(first.serviceAccount()).isEqualTo("payments");
        assertThat(first.health()).isEqualTo(Health.DRAINING);
        assertThat(first.meshTls()).isTrue();
        assertThat(service.endpoints().get(1).portFor(service.ports().get(0))).isEqualTo(OptionalInt.of(8443));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|services is missing; write \"services: []\"",
                "services: [{name: a, ports: [{number: 80}], endpoints: [{address: host.example}]}]"
                        + "|services[0].endpoints[0].address is \"host.example\" but has to be an IP address",
                "services: [{name: a, ports: [{number: 80}], endpoint: []}]|services[0].endpoint is unknown",
                "services: [{name: a, ports: [{number: 80, name: http}], endpoints: [{address: 10.0.0.1, ports: {htpp: 81}}]}]"
                        + "|services[0].endpoints[0].ports.htpp is no port of the service",
                "services: [{name: a}]|services[0].ports is empty",
                "services: [{name: a, ports: [{number: 0}]}]|services[0].ports[0].number is \"0\"",
                "services: [{name: a, ports: [{number: 80}]}, {name: a, ports: [{number: 80}]}]"
                        + "|services[1].name is that of another service",
            })
    void aFileWithAMistakeIsNotUsedAndSaysWhy(String text, String problem) {
        assertThatThrownBy(() -> read(text)).hasMessageContaining(problem);
    }

    @Test
    void aFileThatCannotBeReadIsNamedWithTheReason() {
        Path file = Path.of("services.yaml");

        assertThat(FileSource.problem(file, new NoSuchFileException("services.yaml")))
                .isEqualTo("there is no file services.yaml; write it, or correct its name");
        assertThat(FileSource.problem(file, new AccessDeniedException("services.yaml")))
                .isEqualTo("services.yaml cannot be read: this process may not read it");
        assertThat(FileSource.problem(file, new IOException("Input/output error")))
                .isEqualTo("services.yaml cannot be read: Input/output error");
    }

    private List<SourceService> read(String text) throws IOException {
        return FileServices.read("tried", Files.writeString(folder.resolve("one.yaml"), text));
    }

    private static final class FileRegistry implements Registry {
        private final Path file;
        private boolean there = true;
        private String text = "";

        FileRegistry(Path file) {
            this.file = file;
        }

        @Override
        public ServiceSource source() {
            return new FileSource("tried", file);
        }

        @Override
        public void offer(Map<String, List<String>> endpointsByService) throws IOException {
            StringBuilder yaml = new StringBuilder("services:");
            yaml.append(endpointsByService.isEmpty() ? " []\n" : "\n");
            endpointsByService.forEach((name, endpoints) -> {
                yaml.append("- name: ").append(name).append("\n  ports: [{number: 9080}]\n  endpoints:");
                yaml.append(endpoints.isEmpty() ? " []\n" : "\n");
                for (String endpoint : endpoints) {
                    String[] parts = endpoint.split(":");
                    yaml.append("  - {address: ").append(parts[0]);
                    yaml.append(", ports: {9080: ").append(parts[1]).append("}}\n");
                }
            });
            text = yaml.toString();
            if (there) {
                write();
            }
        }

        private void write() throws IOException {
            Path beside = Files.writeString(file.resolveSibling("beside"), text);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void down() throws IOException {
            there = false;
            Files.deleteIfExists(file);
        }

        @Override
        public void up() throws IOException {
            there = true;
            write();
        }

        @Override
        public boolean hang() {
            return false;
        }

        @Override
        public boolean tellsDeletion() {
            return true;
        }

        @Override
        public int huge() {
            return 2_000;
        }

        @Override
        public void close() {}
    }
}
