package io.inmesh.server.source.dns;

import io.inmesh.server.service.Health;
import io.inmesh.server.service.Locality;
import io.inmesh.server.service.ServicePort;
import io.inmesh.server.service.Workload;
import io.inmesh.server.source.NamedSource;
import io.inmesh.server.source.ServiceSource;
import io.inmesh.server.source.SourceService;
import io.inmesh.server.source.SourceSink;
import io.inmesh.server.source.SourceThread;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Asks DNS for services again whenever an answer has run out. A name that is not there any more has vanished, not gone: name servers
 * lose zones. An answer of a server that cannot answer changes nothing.
 */
public final class DnsSource implements ServiceSource {
    private static final Duration TICK = Duration.ofMillis(500);

    private final String name;
    private final DnsSettings settings;
    private final DnsClient client;
    private final SourceThread thread;
    private final Map<DnsService, SourceService> known = new HashMap<>();
    private final Map<DnsService, String> problems =
            new TreeMap<>(Comparator.comparing(DnsService::namespace).thenComparing(DnsService::name));
    /** When to ask for each again, in monotonic nanoseconds. */
    private final Map<DnsService, Long> due = new HashMap<>();

    private boolean listed;
    private volatile boolean anew;

    /** What was found, and for how many seconds it holds. */
    private record Found(SourceService service, long seconds) {}

    /** A source of that name. */
    public DnsSource(String name, DnsSettings settings) {
        this.name = name;
        this.settings = settings;
        this.client = new DnsClient(settings.servers(), settings.limit());
        this.thread = new SourceThread(name);
    }

    @Override
    public void start(SourceSink sink) {
        thread.after(Duration.ZERO, () -> follow(sink));
    }

    private void follow(SourceSink sink) {
        Duration pause = TICK;
        try {
            if (anew) {
                anew = false;
                due.clear();
                listed = false;
            }
            round(sink);
        } catch (RuntimeException e) {
            // Nobody may have been told of what was found.
            anew = true;
            pause = settings.least();
            sink.failed("it failed in a way it should not: " + e);
            throw e;
        } finally {
            thread.after(pause, () -> follow(sink));
        }
    }

    private void round(SourceSink sink) {
        List<SourceService> found = new ArrayList<>();
        boolean asked = false;
        for (DnsService service : settings.services()) {
            Long next = due.get(service);
            if (next != null && System.nanoTime() - next < 0) {
                continue;
            }
            asked = true;
            Duration pause = settings.least();
            try {
                Found now = service.srv() ? servers(service) : addresses(service);
                problems.remove(service);
                known.put(service, now.service());
                found.add(now.service());
                pause = Duration.ofSeconds(Math.min(settings.most().toSeconds(), now.seconds()));
                pause = pause.compareTo(settings.least()) < 0 ? settings.least() : pause;
            } catch (IOException e) {
                problems.put(service, String.valueOf(e.getMessage()));
            }
            due.put(service, System.nanoTime() + pause.toNanos());
        }
        if (asked) {
            tell(sink, found);
        }
    }

    private void tell(SourceSink sink, List<SourceService> found) {
        if (!listed && known.size() == settings.services().size()) {
            sink.listed(known.values(), SourceSink.Missing.VANISHED);
            listed = true;
        } else {
            found.forEach(service -> sink.changed(service, SourceSink.Missing.VANISHED));
        }
        if (problems.isEmpty()) {
            sink.answered();
        } else {
            sink.failed(String.join("; ", problems.values()));
        }
    }

    private Found servers(DnsService service) throws IOException {
        DnsMessage answer = client.ask(service.query(), DnsType.SRV);
        List<DnsRecord> records = answer.records().stream()
                .filter(record ->
                        record.type() == DnsType.SRV && !record.value().isEmpty())
                .toList();
        int first = records.stream().mapToInt(DnsRecord::priority).min().orElse(0);
        long seconds = records.stream().mapToLong(DnsRecord::seconds).min().orElse(0);
        List<Workload> endpoints = new ArrayList<>();
        int others = 0;
        for (DnsRecord record : records) {
            if (record.priority() != first) {
                others++;
                continue;
            }
            Addresses addresses = told(answer, record.value());
            if (addresses.all().isEmpty()) {
                addresses = ask(record.value());
            }
            seconds = Math.min(seconds, addresses.seconds());
            for (String address : addresses.all()) {
                endpoints.add(endpoint(service, address, record.port(), record.weight()));
            }
        }
        String remark = others == 0 ? "" : others + " servers of lower priority are not used";
        return found(service, endpoints, seconds, remark);
    }

    private Found addresses(DnsService service) throws IOException {
        Addresses addresses = ask(service.query());
        List<Workload> endpoints = new ArrayList<>();
        addresses.all().forEach(address -> endpoints.add(endpoint(service, address, 0, 1)));
        return found(service, endpoints, addresses.seconds(), "");
    }

    private static Found found(DnsService service, List<Workload> endpoints, long seconds, String remark) {
        return new Found(
                new SourceService(service.namespace(), service.name(), service.ports(), endpoints, remark), seconds);
    }

    /** Addresses of a host and for how long they hold. */
    private record Addresses(List<String> all, long seconds) {
        static Addresses of(List<DnsRecord> records) {
            return new Addresses(
                    records.stream().map(DnsRecord::value).distinct().toList(),
                    records.stream().mapToLong(DnsRecord::seconds).min().orElse(0));
        }
    }

    /** The addresses that an answer about servers brings along. */
    private static Addresses told(DnsMessage answer, String host) {
        List<DnsRecord> own = answer.records().stream()
                .filter(record -> record.name().equals(host))
                .toList();
        List<DnsRecord> v4 = typed(own, DnsType.A);
        return Addresses.of(v4.isEmpty() ? typed(own, DnsType.AAAA) : v4);
    }

    /** A machine with addresses of both families must not count twice. */
    private Addresses ask(String host) throws IOException {
        List<DnsRecord> v4 = typed(client.ask(host, DnsType.A).records(), DnsType.A);
        return Addresses.of(v4.isEmpty() ? typed(client.ask(host, DnsType.AAAA).records(), DnsType.AAAA) : v4);
    }

    private static List<DnsRecord> typed(List<DnsRecord> records, DnsType type) {
        return records.stream().filter(record -> record.type() == type).toList();
    }

    private Workload endpoint(DnsService service, String address, int port, int weight) {
        Map<String, Integer> ports = new HashMap<>();
        if (port > 0) {
            for (ServicePort one : service.ports()) {
                ports.put(Integer.toString(one.number()), port);
            }
        }
        return new Workload(
                service.namespace(),
                service.name(),
                NamedSource.endpointId(name, service.name() + "/" + address + ":" + port),
                Map.of(),
                address,
                ports,
                Locality.UNKNOWN,
                weight,
                "",
                Health.HEALTHY,
                false);
    }

    @Override
    public void resync() {
        anew = true;
    }

    @Override
    public void close() {
        thread.close();
    }
}
