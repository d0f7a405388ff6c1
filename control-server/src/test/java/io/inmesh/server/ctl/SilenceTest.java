package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SilenceTest {

    @Test
    void serversThatHaveNotAnsweredAreNamedOrElseCounted() throws Exception {
        assertThat(of("{'silentServerCount': 0, 'silentServers': []}")).isEmpty();
        assertThat(
                        of(
                                "{'silentServerCount': 1, 'silentServers': [{'name': 'b', 'grpc': 'b:1', 'processes': 3, 'reason': 'gone'}]}"))
                .singleElement()
                .asString()
                .contains("control server b at b:1", "gone", "3 processes");
        assertThat(of("{'silentServerCount': 2, 'silentServers': []}"))
                .singleElement()
                .asString()
                .startsWith("2 control servers have not answered")
                .contains("meshctl status");
    }

    @Test
    void aServerOfAVersionThatDoesNotCountThemIsUnderstoodToo() throws Exception {
        assertThat(of("{'silentServers': [{'name': 'b'}]}")).hasSize(1);
        assertThat(of("{}")).isEmpty();
    }

    private static List<String> of(String body) throws JsonProcessingException {
        return Silence.of(Api.JSON.readTree(body.replace('\'', '"')));
    }
}
