package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Lists and watches through everything that ends a connection. */
class ResourceFeedTest {

    private final Deque<JsonNode> lists = new ArrayDeque<>();
    private final Deque<Connection> connections = new ArrayDeque<>();
    private final List<String> watchedFrom = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private final List<Integer> pauses = new ArrayList<>();
    private int enough = Integer.MAX_VALUE;

    /** What one connection brings. */
    private interface Connection {
        void tell(Consumer<JsonNode> events) throws Failure, IOException;
    }

    @Test
    void itGoesOnFromTheLastVersionOverReconnects() throws Exception {
        lists.add(list(5, item("a", 4)));
        connections.add(events -> {
            events.accept(event("MODIFIED", item("a", 6)));
            events.accept(event("ADDED", item("b", 7)));
        });
        connections.add(events -> events.accept(event("BOOKMARK", item("", 90))));
        connections.add(events -> events.accept(event("DELETED", item("a", 91))));

        follow(3);

        assertThat(watchedFrom).containsExactly("5", "7", "90");
        assertThat(told).containsExactly("MODIFIED a 6", "ADDED b 7", "DELETED a 91");
        assertThat(complaints).isEmpty();
    }

    @Test
    void afterExpiredOnlyTheDifferencesOfANewListAreTold() throws Exception {
        lists.add(list(5, item("kept", 1), item("changed", 2), item("gone", 3)));
        lists.add(list(50, item("kept", 1), item("changed", 40), item("new", 41)));
        connections.add(events -> events.accept(expired()));
        connections.add(events -> events.accept(event("MODIFIED", item("new", 51))));

        follow(4);

        assertThat(told).containsExactly("DELETED gone 3", "MODIFIED changed 40", "ADDED new 41", "MODIFIED new 51");
        assertThat(watchedFrom).containsExactly("5", "50");
        assertThat(pauses).as("nothing is waited for").containsOnly(0);
    }

    @Test
    void aServerThatIsAwayIsTriedAgainLessAndLessOften() throws Exception {
        lists.add(list(5));
        for (int i = 0; i < 7; i++) {
            connections.add(events -> {
                throw new Failure(ExitCode.UNREACHABLE, "no control server");
            });
        }
        connections.add(events -> {
            events.accept(event("ADDED", item("a", 6)));
            throw new IOException("reset");
        });
        connections.add(events -> events.accept(event("ADDED", item("b", 7))));

        follow(2);

        assertThat(pauses).containsExactly(2, 4, 8, 16, 30, 30, 30, 2);
        assertThat(complaints)
                .as("once for each time it is away")
                .containsExactly("no control server; trying again", "the connection ended (reset); trying again");
        assertThat(told).containsExactly("ADDED a 6", "ADDED b 7");
    }

    @Test
    void aServerThatEndsEveryWatchAtOnceIsNotAskedWithoutAPause() throws Exception {
        lists.add(list(5));
        connections.add(events -> {});
        connections.add(events -> events.accept(event("ADDED", item("a", 6))));

        follow(1);

        assertThat(pauses).containsExactly(1);
    }

    @Test
    void aRefusalEndsIt() {
        lists.add(list(5));
        connections.add(events -> {
            throw new Failure(ExitCode.NOT_AUTHORIZED, "log in");
        });

        assertThatThrownBy(() -> follow(1)).isInstanceOf(Failure.class).hasMessage("log in");
    }

    private void follow(int changes) throws Exception {
        enough = changes;
        ResourceFeed feed = new ResourceFeed(
                new ResourceFeed.Source() {
                    @Override
                    public JsonNode list() {
                        return lists.remove();
                    }

                    @Override
                    public void watch(String version, Consumer<JsonNode> events) throws Failure, IOException {
                        watchedFrom.add(version);
                        connections.remove().tell(events);
                    }
                },
                (type, resource) -> {
                    told.add(type + " " + resource.at("/metadata/name").asText() + " "
                            + resource.at("/metadata/resourceVersion").asText());
                    return told.size() < enough;
                },
                pauses::add,
                complaints::add);
        feed.begin();
        feed.follow();
    }

    private static ObjectNode item(String name, int version) {
        ObjectNode item = Api.JSON.createObjectNode();
        item.putObject("metadata")
                .put("name", name)
                .put("namespace", "default")
                .put("resourceVersion", Integer.toString(version));
        return item;
    }

    private static ObjectNode list(int version, ObjectNode... items) {
        ObjectNode list = item("", version);
        ArrayNode array = list.putArray("items");
        List.of(items).forEach(array::add);
        return list;
    }

    private static ObjectNode event(String type, ObjectNode object) {
        ObjectNode event = Api.JSON.createObjectNode().put("type", type);
        event.set("object", object);
        return event;
    }

    private static ObjectNode expired() {
        return event("ERROR", Api.JSON.createObjectNode().put("code", 410).put("message", "too old"));
    }
}
