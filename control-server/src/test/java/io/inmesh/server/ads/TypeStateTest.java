package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.xds.TypeUrls;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a subscription takes of a client's allowance. */
class TypeStateTest {

    private final TypeState endpoints = new TypeState(TypeUrls.ENDPOINT, 10);

    @Test
    void aClientThatComesBackTakesTheRoomOfItsNamesOnceAndOfItsVersions() {
        TypeState fresh = new TypeState(TypeUrls.ENDPOINT, 10);
        fresh.change(List.of("reviews", "ratings"), List.of(), Map.of());

        endpoints.change(List.of("reviews", "ratings"), List.of(), Map.of("reviews", "v123", "ratings", "v4"));

        assertThat(endpoints.size()).isEqualTo(fresh.size() + "v123".length() + "v4".length());
    }

    @Test
    void whatItHasAndDoesNotAskForTakesRoomAsWell() {
        endpoints.change(List.of(), List.of(), Map.of("details", "v1"));

        assertThat(endpoints.size()).isGreaterThan("details".length());
    }
}
