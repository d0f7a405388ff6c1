package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Call;
import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OkHttpCallTest {

    private static final Request GET =
            new Request.Builder().url("http://reviews/").build();

    @Test
    void aRequestIsAsLongAsItsBodySays() {
        assertThat(new OkHttpCall(GET).requestBytes()).isZero();
        RequestBody known = RequestBody.create("seven..", MediaType.get("text/plain"));
        assertThat(post(known).requestBytes()).isEqualTo(7);
        assertThat(post(new Streamed(false)).requestBytes()).isEqualTo(Call.SIZE_UNKNOWN);
    }

    @Test
    void aBodyThatCannotTellItsLengthIsOfNoKnownSize() {
        assertThat(post(new Streamed(true)).requestBytes()).isEqualTo(Call.SIZE_UNKNOWN);
    }

    @Test
    void nothingIsKnownOfAnAnswerBeforeThereIsOne() {
        OkHttpCall call = new OkHttpCall(GET);
        assertThat(call.responseBytes()).isEqualTo(Call.SIZE_UNKNOWN);
        assertThat(call.wireProtocol()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"HTTP_1_1, 5, HTTP/1.1", "HTTP_2, -1, HTTP/2", "H2_PRIOR_KNOWLEDGE, 0, HTTP/2"})
    void anAnswerIsAsLongAsItAnnounces(Protocol protocol, long announced, String told) {
        OkHttpCall call = new OkHttpCall(GET);
        call.answered(new Response.Builder()
                .request(GET)
                .protocol(protocol)
                .code(200)
                .message("OK")
                .body(ResponseBody.create(new Buffer(), null, announced))
                .build());
        assertThat(call.responseBytes()).isEqualTo(announced);
        assertThat(call.wireProtocol()).isEqualTo(told);
    }

    private static OkHttpCall post(RequestBody body) {
        return new OkHttpCall(
                new Request.Builder().url("http://reviews/").post(body).build());
    }

    /** A body that is written as it comes. */
    private static final class Streamed extends RequestBody {
        private final boolean broken;

        Streamed(boolean broken) {
            this.broken = broken;
        }

        @Override
        public MediaType contentType() {
            return MediaType.get("text/plain");
        }

        @Override
        public long contentLength() throws IOException {
            if (broken) {
                throw new IOException("the file is gone");
            }
            return -1;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            sink.writeUtf8("text");
        }
    }
}
