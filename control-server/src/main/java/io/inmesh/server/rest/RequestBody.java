package io.inmesh.server.rest;

import io.inmesh.server.rest.Connections.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** Reads the bodies of requests, as far as they are as large as they may be. */
final class RequestBody {

    /** How many times as large as it may be a body is that is read all the same, to be refused. */
    private static final int PASSED_OVER = 16;

    private RequestBody() {}

    /**
     * {@return all of it}
     *
     * @param most how many bytes it may have
     * @param phases is told when reading begins and ends
     * @throws HttpProblem if it has more
     */
    static byte[] read(Request request, int most, Consumer<Phase> phases) throws IOException, HttpProblem {
        long length = request.getLength();
        if (length > most && !isWorthPassingOver(request, length, most)) {
            throw tooLarge(most);
        }
        phases.accept(Phase.BODY);
        try (InputStream in = Content.Source.asInputStream(request)) {
            if (length > most) {
                in.skipNBytes(length);
                throw tooLarge(most);
            }
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw tooLarge(most);
            }
            return bytes;
        } finally {
            phases.accept(Phase.ANSWER);
        }
    }

    /**
     * Who is still sending when the connection is closed often loses the answer with it. So a body that is somewhat too large is taken and
     * forgotten, that its sender may learn why it was refused; not so one that waits to be asked for (RFC 9110, 10.1.1).
     */
    private static boolean isWorthPassingOver(Request request, long length, int most) {
        return length <= (long) most * PASSED_OVER && !request.getHeaders().contains(HttpHeader.EXPECT);
    }

    private static HttpProblem tooLarge(int most) {
        return new HttpProblem(
                413, "RequestEntityTooLarge", "the body is larger than " + most + " bytes; apply it in parts");
    }
}
