package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.inmesh.config.RouteAction;
import io.inmesh.xds.core.DataSource;
import io.inmesh.xds.route.DirectResponseAction;
import io.inmesh.xds.route.Route;
import org.junit.jupiter.api.Test;

class RouteActionsTest {

    private final ResourceReader reader = new ResourceReader("route configuration a");

    @Test
    void theBodyOfADirectResponseIsText() {
        assertThat(direct(ByteString.copyFromUtf8("geschlossen für heute")))
                .isEqualTo(new RouteAction.DirectResponse(503, "geschlossen für heute"));
        assertThat(reader.ignored().list()).isEmpty();
    }

    @Test
    void aBodyThatIsNoTextIsReported() {
        assertThat(direct(ByteString.copyFrom(new byte[] {(byte) 0xFF})))
                .isEqualTo(new RouteAction.DirectResponse(503, "\uFFFD"));
        assertThat(reader.ignored().list())
                .extracting(IgnoredField::path)
                .containsExactly("routes[0].direct_response.body");
    }

    private RouteAction direct(ByteString body) {
        DirectResponseAction.Builder action = DirectResponseAction.newBuilder()
                .setStatus(503)
                .setBody(DataSource.newBuilder().setInlineBytes(body));
        return new RouteActions(reader)
                .translate(
                        "routes[0]",
                        Route.newBuilder().setDirectResponse(action).build());
    }
}
