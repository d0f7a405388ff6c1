package io.inmesh.server.source.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.service.Protocol;
import io.inmesh.server.service.ServicePort;
import io.inmesh.server.service.Workload;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.source.ServiceSource;
import io.inmesh.server.source.ServiceSourceContract;
import io.inmesh.server.source.SourceService;
import io.inmesh.server.source.SourceSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DnsSourceTest extends ServiceSourceContract {
    private static final List<ServicePort> PORTS = List.of(new ServicePort(9080, "", Protocol.HTTP, ""));

    @TempDir
    private Path folder;

    @Override
    protected Registry registry() throws IOException {
        return new DnsRegistry();
    }

    @Test
    void asksForServersAndThenForTheirAddresses() throws Exception {
        try (FakeNameServer server = new FakeNameServer()) {
            server.lies();
            server.srv("_http._tcp.reviews.test", 10, 3, 9081, "r1.test", 60);
            server.srv("_http._tcp.reviews.test", 20, 1, 9082, "r2.test", 60);
            server.address("r1.test", "10.0.0.1", 60);
            server.address("r1.test", "2001:db8::1", 60);
            SourceService found =
                    first(server, new DnsService("default", "reviews", PORTS, "_http._tcp.reviews.test", true));

            assertThat(found.endpoints()).hasSize(1);
            Workload endpoint = found.endpoints().get(0);
            assertThat(endpoint.address()).isEqualTo("10.0.0.1");
            assertThat(endpoint.portFor(PORTS.get(0))).hasValue(9081);
            assertThat(endpoint.weight()).isEqualTo(3);
            assertThat(found.remark()).isEqualTo("1 servers of lower priority are not used");
        }
    }

    @Test
    void asksForAddressesOfAHostAndTakesThoseOfIpv6IfThereAreNoOthers() throws Exception {
        try (FakeNameServer server = new FakeNameServer()) {
            server.address("reviews.test", "2001:db8::1", 60);
            SourceService found = first(server, new DnsService("default", "reviews", PORTS, "reviews.test", false));

            assertThat(found.endpoints()).extracting(Workload::address).containsExactly("2001:db8:0:0:0:0:0:1");
        }
    }

    @Test
    void aServerThatFailsIsNoNameThatIsGone() throws Exception {
        try (FakeNameServer server = new FakeNameServer()) {
            server.code(2);
            DnsClient client = new DnsClient(List.of(server.address()), Duration.ofMinutes(1));
            assertThatThrownBy(() -> client.ask("reviews.test", DnsType.A))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("answers with error 2");
            server.code(0);
            assertThat(client.ask("reviews.test", DnsType.A).code()).isEqualTo(DnsMessage.NO_SUCH_NAME);
        }
    }

    /** Each byte comes in time, all of them would not in twenty minutes. */
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
    void aServerThatSendsByteByByteIsGivenUp() throws Exception {
        try (FakeNameServer server = new FakeNameServer()) {
            server.drips();
            for (int number = 0; number < 60; number++) {
                server.address("reviews.test", "10.0.0." + number, 60);
            }
            DnsClient client = new DnsClient(List.of(server.address()), Duration.ofMillis(500));
            assertThatThrownBy(() -> client.ask("reviews.test", DnsType.A))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("does not answer within 500 ms");
        }
    }

    @Test
    void theNextServerIsAskedIfOneFails() throws Exception {
        try (FakeNameServer failing = new FakeNameServer();
                FakeNameServer server = new FakeNameServer()) {
            failing.code(5);
            server.address("reviews.test", "10.0.0.1", 60);
            DnsClient client = new DnsClient(List.of(failing.address(), server.address()), Duration.ofMinutes(1));

            assertThat(client.ask("Reviews.test", DnsType.A).code()).isEqualTo(DnsMessage.NO_SUCH_NAME);
            assertThat(client.ask("reviews.test", DnsType.A).records())
                    .extracting(DnsRecord::value)
                    .containsExactly("10.0.0.1");
        }
    }

    /** Answers that end too early, point to themselves, or promise records that are not there. */
    static Stream<byte[]> garbage() {
        byte[] loop = new byte[64];
        loop[2] = (byte) 0x81;
        loop[5] = 1;
        loop[12] = (byte) 0xC0;
        loop[13] = 12;
        byte[] short1 = new byte[] {0, 1, (byte) 0x81, (byte) 0x80, 0, 1, 0, 9};
        byte[] many = new byte[17];
        many[2] = (byte) 0x81;
        many[5] = 1;
        many[6] = (byte) 0xFF;
        return Stream.of(new byte[0], loop, short1, many, DnsMessage.question(1, "a.test", DnsType.A));
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void garbageIsAnError(byte[] bytes) {
        assertThatThrownBy(() -> DnsMessage.answer(bytes)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "services: []|services is empty",
                "services: [{name: a, ports: [{number: 80}]}]|services[0].srv or host has to be there",
                "services: [{name: a, ports: [{number: 80}], host: 'a..b'}]|services[0].host is \"a..b\"",
                "{servers: [dns.example], services: [{name: a, ports: [{number: 80}], host: a.b}]}"
                        + "|servers has \"dns.example\" but has to have addresses",
            })
    void settingsSayWhatIsWrong(String text, String problem) throws IOException {
        Path file = Files.writeString(folder.resolve("one.yaml"), text);
        assertThatThrownBy(() -> DnsSettings.read(SettingsFile.read(file))).hasMessageContaining(problem);
    }

    @Test
    void settingsNameServersWithAndWithoutPort() throws IOException {
        Path file = Files.writeString(folder.resolve("one.yaml"), """
                servers: [10.0.0.2, '10.0.0.3:5353', '[2001:db8::1]:54', '2001:db8::2']
                services: [{name: a, ports: [{number: 80}], srv: _a._tcp.example.com}]
                """);
        assertThat(DnsSettings.read(SettingsFile.read(file)).servers())
                .extracting(server -> server.getAddress().getHostAddress() + " " + server.getPort())
                .containsExactly("10.0.0.2 53", "10.0.0.3 5353", "2001:db8:0:0:0:0:0:1 54", "2001:db8:0:0:0:0:0:2 53");
    }

    private static SourceService first(FakeNameServer server, DnsService service) throws InterruptedException {
        BlockingQueue<SourceService> told = new LinkedBlockingQueue<>();
        try (DnsSource source = new DnsSource("tried", settings(server, List.of(service)))) {
            source.start(new SourceSink() {
                @Override
                public void listed(Collection<SourceService> services, Missing missing) {
                    told.addAll(services);
                }

                @Override
                public void changed(SourceService changed, Missing missing) {
                    told.add(changed);
                }

                @Override
                public void deleted(String namespace, String name) {}

                @Override
                public void answered() {}

                @Override
                public void failed(String why) {}
            });
            return told.take();
        }
    }

    private static DnsSettings settings(FakeNameServer server, List<DnsService> services) {
        return new DnsSettings(
                List.of(server.address()),
                services,
                Duration.ofSeconds(10),
                Duration.ofMillis(1),
                Duration.ofSeconds(1));
    }

    private static final class DnsRegistry implements Registry {
        private final FakeNameServer server = new FakeNameServer();

        DnsRegistry() throws IOException {
            server.addressesToo();
        }

        @Override
        public ServiceSource source() {
            return new DnsSource(
                    "tried",
                    settings(
                            server,
                            List.of(
                                    new DnsService("default", "reviews", PORTS, "_reviews._tcp.test", true),
                                    new DnsService("default", "ratings", PORTS, "_ratings._tcp.test", true))));
        }

        @Override
        public void offer(Map<String, List<String>> endpointsByService) {
            server.rewrite(() -> endpointsByService.forEach((name, endpoints) -> endpoints.forEach(endpoint -> {
                String[] parts = endpoint.split(":");
                String host = "h-" + parts[0].replace('.', '-') + ".test";
                server.srv("_" + name + "._tcp.test", 0, 1, Integer.parseInt(parts[1]), host, 0);
                server.address(host, parts[0], 0);
            })));
        }

        @Override
        public void down() {
            server.code(2);
        }

        @Override
        public void up() {
            server.code(0);
        }

        @Override
        public boolean hang() {
            server.silent();
            return true;
        }

        @Override
        public boolean tellsDeletion() {
            return false;
        }

        @Override
        public int huge() {
            return 400;
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
