package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReviewMessagesTest {

    private static final ByteString MAGIC = ByteString.copyFrom(new byte[] {'k', '8', 's', 0});

    @Test
    void whatIsAskedOfAResourceReadsAsInJson() throws Exception {
        ByteString asked =
                message(text(1, "shop"), text(2, "list"), text(3, "networking.istio.io"), text(5, "destinationrules"));

        assertThat(ReviewMessages.read(body(message(part(1, asked)))))
                .hasToString("{\"spec\":{\"resourceAttributes\":{\"namespace\":\"shop\",\"verb\":\"list\","
                        + "\"group\":\"networking.istio.io\",\"resource\":\"destinationrules\"}}}");
    }

    @Test
    void whatIsAskedOfAPathReadsAsInJson() throws Exception {
        ByteString asked = message(text(1, "/metrics"), text(2, "get"));

        assertThat(ReviewMessages.read(body(message(part(2, asked)))))
                .hasToString("{\"spec\":{\"nonResourceAttributes\":{\"path\":\"/metrics\",\"verb\":\"get\"}}}");
    }

    @Test
    void fieldsOfLaterVersionsArePassedOver() throws Exception {
        ByteString asked = message(text(2, "list"), text(9, "later"));

        assertThat(ReviewMessages.read(body(message(part(1, asked)))).at("/spec/resourceAttributes"))
                .hasToString("{\"verb\":\"list\"}");
    }

    @Test
    void everyTornBodyIsRefused() throws Exception {
        byte[] whole = body(message(part(1, message(text(1, "shop"), text(2, "list")))));

        for (int length = 0; length < whole.length; length++) {
            byte[] torn = Arrays.copyOf(whole, length);
            if (length != MAGIC.size()) {
                assertThatThrownBy(() -> ReviewMessages.read(torn))
                        .as("%d bytes", length)
                        .isInstanceOf(HttpProblem.class)
                        .hasMessageContaining("send JSON instead");
            }
        }
        assertThat(ReviewMessages.read(whole)
                        .at("/spec/resourceAttributes/verb")
                        .asText())
                .isEqualTo("list");
    }

    private static byte[] body(ByteString spec) {
        ByteString review = message(part(2, spec));
        return MAGIC.concat(message(part(2, review))).toByteArray();
    }

    private static UnknownFieldSet text(int number, String value) {
        return part(number, ByteString.copyFromUtf8(value));
    }

    private static UnknownFieldSet part(int number, ByteString value) {
        return UnknownFieldSet.newBuilder()
                .addField(number, Field.newBuilder().addLengthDelimited(value).build())
                .build();
    }

    private static ByteString message(UnknownFieldSet... parts) {
        UnknownFieldSet.Builder all = UnknownFieldSet.newBuilder();
        for (UnknownFieldSet part : parts) {
            all.mergeFrom(part);
        }
        return all.build().toByteString();
    }
}
