package io.inmesh.server.source;

import io.inmesh.server.service.Health;
import io.inmesh.server.service.Locality;
import io.inmesh.server.service.Protocol;
import io.inmesh.server.service.ServicePort;
import io.inmesh.server.service.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Services and endpoints in few words. */
final class Endpoints {
    private Endpoints() {}

    static SourceService service(String name, Workload... endpoints) {
        return service(name, Arrays.asList(endpoints));
    }

    static SourceService service(String name, List<Workload> endpoints) {
        return new SourceService(
                "default", name, List.of(new ServicePort(9080, "http", Protocol.HTTP, "")), endpoints, "");
    }

    static Workload at(String address) {
        return at("one/" + address, address, Health.HEALTHY);
    }

    static Workload at(String id, String address, Health health) {
        return new Workload(
                "default", "reviews", id, Map.of(), address, Map.of(), Locality.UNKNOWN, 1, "", health, false);
    }
}
