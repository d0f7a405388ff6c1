package io.inmesh.server.source.consul;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.source.ServiceSource;
import io.inmesh.server.source.ServiceSourceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A scripted Consul for the contract of sources. */
final class ConsulRegistry implements ServiceSourceContract.Registry {
    /** Between two readings of all services; what a test waits for without checks takes as long. */
    static final Duration PAUSE = Duration.ofMillis(50);

    private final FakeConsul consul = new FakeConsul();
    private final Path folder;
    private final String settings;

    /** @param settings more lines of the source's settings */
    ConsulRegistry(Path folder, String settings) throws IOException {
        this.folder = folder;
        this.settings = settings;
    }

    static ConsulSettings read(Path folder, String url, String more) throws IOException {
        Path file = Files.writeString(folder.resolve("consul.yaml"), "url: " + url + "\n" + more + "\n");
        return ConsulSettings.read(SettingsFile.read(file));
    }

    static Map<String, ArrayNode> catalog(Map<String, List<String>> endpointsByService) {
        Map<String, ArrayNode> catalog = new TreeMap<>();
        endpointsByService.forEach((name, endpoints) -> catalog.put(name, FakeConsul.instances(endpoints)));
        return catalog;
    }

    @Override
    public ServiceSource source() throws IOException {
        return new ConsulSource("tried", read(folder, consul.url(), settings), PAUSE);
    }

    @Override
    public void offer(Map<String, List<String>> endpointsByService) {
        consul.catalog(catalog(endpointsByService));
    }

    @Override
    public void down() {
        consul.status(500);
    }

    @Override
    public void up() {
        consul.status(200);
    }

    @Override
    public boolean hang() {
        consul.hang();
        return true;
    }

    @Override
    public boolean tellsDeletion() {
        return false;
    }

    @Override
    public int huge() {
        return 5_000;
    }

    @Override
    public void close() {
        consul.close();
    }
}
