package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.ctl.Listing.Column;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** The forms in which things are listed. */
class ListingTest {
    private static final Listing LISTING = Listing.of(
            "things",
            "id",
            Column.of("ID", "id"),
            Column.of("SIZE", thing -> thing.path("size").asInt() + " B"),
            Column.wide("BY", "by"));
    private static final String ANSWER =
            "{\"things\":[{\"id\":\"a\",\"size\":1,\"by\":\"ann\"},{\"id\":\"long\",\"size\":22}],\"more\":true}";

    @Test
    void columnsAreForPeople() throws Exception {
        assertThat(printed("table")).containsExactly("ID     SIZE", "a      1 B", "long   22 B");
        assertThat(printed("wide")).containsExactly("ID     SIZE   BY", "a      1 B    ann", "long   22 B   -");
    }

    @Test
    void namesAreWhatOtherCommandsTake() throws Exception {
        assertThat(printed("name")).containsExactly("a", "long");
    }

    @Test
    void programsGetTheWholeAnswer() throws Exception {
        JsonNode answer = Api.JSON.readTree(ANSWER);
        assertThat(Api.JSON.readTree(String.join("\n", printed("json")))).isEqualTo(answer);
        assertThat(new com.fasterxml.jackson.dataformat.yaml.YAMLMapper().readTree(String.join("\n", printed("yaml"))))
                .isEqualTo(answer);
    }

    private static String[] printed(String form) throws Exception {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        LISTING.print(out, form, Api.JSON.readTree(ANSWER));
        out.flush();
        return text.toString().split("\\R");
    }
}
