package io.inmesh.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Call;
import io.inmesh.config.PathMatch;
import io.inmesh.config.PathMatch.Kind;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.StringMatch;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.testkit.FakeCall;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first route in order is found however many there are. */
final class RouteIndexTest {

    private static final String[] SEGMENTS = {"", "/", "/a", "/ab", "/b", "/a/", "/a/b", "/A"};

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 40, 200})
    void findsWhatTryingAllInOrderFinds(int count) {
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            VirtualHost host = randomHost(random, count);
            for (int i = 0; i < 20; i++) {
                FakeCall call = FakeCall.get(randomPath(random)).header("h", String.valueOf(random.nextInt(3)));
                Route expected = host.routes().stream()
                        .filter(route -> route.matches(call))
                        .findFirst()
                        .orElse(null);
                assertThat(host.match(call))
                        .as("seed %s, %s", seed, call.path())
                        .isSameAs(expected);
            }
        }
    }

    private static VirtualHost randomHost(SplittableRandom random, int count) {
        List<RouteConfig> routes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            boolean ignoreCase = kind != Kind.REGEX && random.nextInt(5) == 0;
            RouteMatch match = RouteMatch.path(new PathMatch(kind, randomPath(random), ignoreCase));
            if (random.nextInt(2) == 0) {
                match = match.header("h", StringMatch.exact(String.valueOf(random.nextInt(3))));
            }
            routes.add(RouteConfig.of("r" + i, match, RouteAction.to("c")));
        }
        return Routes.host(new VirtualHostConfig("reviews", 0, List.of("reviews"), routes));
    }

    private static String randomPath(SplittableRandom random) {
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            path.append(SEGMENTS[random.nextInt(SEGMENTS.length)]);
        }
        return path.isEmpty() ? "/" : path.toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 10_000})
    void triesOnlyRoutesOfThePathHoweverManyThereAre(int count) {
        List<RouteConfig> routes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            PathMatch path = i % 2 == 0 ? PathMatch.prefix("/p" + i + "/") : PathMatch.exact("/p" + i + "/");
            routes.add(RouteConfig.of(
                    "r" + i, RouteMatch.path(path).header("h", StringMatch.present()), RouteAction.to("c")));
        }
        VirtualHost host = Routes.host(new VirtualHostConfig("reviews", 0, List.of("reviews"), routes));
        CountingCall call = new CountingCall("/p" + (count - 2) + "/x");
        assertThat(host.match(call).name()).isEqualTo("r" + (count - 2));
        assertThat(call.headersRead.get()).as("one candidate was tried").isEqualTo(1);
        assertThat(call.pathsRead.get())
                .as("nor were the others' paths looked at")
                .isLessThan(5);
    }

    @Test
    void pathsThatShareAHashAreTold() {
        List<RouteConfig> routes = new ArrayList<>();
        // "Aa" and "BB" have the same hash, so do all their combinations.
        for (String path : List.of("/AaAa", "/AaBB", "/BBAa", "/BBBB", "/Aa", "/BB", "/AaAaAa", "/BBBBBB")) {
            routes.add(RouteConfig.of(path, RouteMatch.path(PathMatch.prefix(path + "-")), RouteAction.to("c")));
        }
        VirtualHost host = Routes.host(new VirtualHostConfig("reviews", 0, List.of("reviews"), routes));
        for (RouteConfig route : routes) {
            assertThat(host.match(FakeCall.get(route.name() + "-x")).name()).isEqualTo(route.name());
        }
        assertThat(host.match(FakeCall.get("/AaBBAa-x"))).isNull();
    }

    /** Counts how often the engine looks. */
    private static final class CountingCall implements Call {
        private final Call real;
        private final AtomicInteger headersRead = new AtomicInteger();
        private final AtomicInteger pathsRead = new AtomicInteger();

        CountingCall(String path) {
            real = FakeCall.get(path).header("h", "1");
        }

        @Override
        public Protocol protocol() {
            return real.protocol();
        }

        @Override
        public String host() {
            return real.host();
        }

        @Override
        public int port() {
            return real.port();
        }

        @Override
        public String scheme() {
            return real.scheme();
        }

        @Override
        public String method() {
            return real.method();
        }

        @Override
        public String path() {
            pathsRead.incrementAndGet();
            return real.path();
        }

        @Override
        public String query() {
            return real.query();
        }

        @Override
        public String header(String name) {
            headersRead.incrementAndGet();
            return real.header(name);
        }

        @Override
        public boolean replayable() {
            return real.replayable();
        }
    }
}
