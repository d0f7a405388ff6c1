package io.inmesh.samples.bookinfo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.inmesh.Mesh;
import io.inmesh.grpc.MeshGrpc;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What readers wrote about the book. {@code VERSION} v1 shows no stars, v2 black ones, v3 red ones. {@code FAIL_PERCENT} of its answers
 * are errors, for trying out what becomes of a bad version.
 */
public final class Reviews {

    private static final Metadata.Key<String> END_USER = Metadata.Key.of("end-user", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> REQUEST_ID =
            Metadata.Key.of(RequestIds.HEADER, Metadata.ASCII_STRING_MARSHALLER);
    private static final long RATINGS_SECONDS = 10;

    private Reviews() {}

    /** Runs the service. */
    public static void main(String[] arguments) throws Exception {
        Mesh mesh = Service.join();
        String version = System.getenv().getOrDefault("VERSION", "v1");
        int failing = Integer.parseInt(System.getenv().getOrDefault("FAIL_PERCENT", "0"));
        Channel ratings = MeshGrpc.channel("ratings:9080", mesh);
        Service service = new Service("reviews-" + version, mesh);
        service.servlet("/reviews/*", new Servlet(version, failing, ratings));
        service.run();
    }

    private static final class Servlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private static final ObjectMapper JSON = new ObjectMapper();

        private final String version;
        private final int failing;
        private final transient Channel ratings;

        Servlet(String version, int failing, Channel ratings) {
            this.version = version;
            this.failing = failing;
            this.ratings = ratings;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (ThreadLocalRandom.current().nextInt(100) < failing) {
                response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
                return;
            }
            ObjectNode body = JSON.createObjectNode().put("version", version);
            Map<String, Integer> stars = Map.of();
            if (!version.equals("v1")) {
                try {
                    stars = stars(request.getHeader("end-user"), RequestIds.of(request));
                    body.put("color", version.equals("v2") ? "black" : "red");
                } catch (StatusRuntimeException e) {
                    body.put("error", "Ratings service is currently unavailable");
                }
            }
            ArrayNode reviews = body.putArray("reviews");
            review(reviews, "Reviewer1", "An extremely entertaining play. The slapstick humour is refreshing!", stars);
            review(
                    reviews,
                    "Reviewer2",
                    "Absolutely fun and entertaining, though it lacks the depth of other plays.",
                    stars);
            response.setContentType("application/json");
            byte[] text = JSON.writeValueAsBytes(body);
            response.setContentLength(text.length);
            response.getOutputStream().write(text);
        }

        private Map<String, Integer> stars(@Nullable String user, String id) {
            Metadata headers = new Metadata();
            headers.put(REQUEST_ID, id);
            if (user != null) {
                headers.put(END_USER, user);
            }
            return RatingsGrpc.newBlockingStub(ratings)
                    .withDeadlineAfter(RATINGS_SECONDS, TimeUnit.SECONDS)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .getRatings(RatingsRequest.newBuilder().setProduct(0).build())
                    .getStarsMap();
        }

        private static void review(ArrayNode reviews, String reviewer, String text, Map<String, Integer> stars) {
            ObjectNode review = reviews.addObject().put("reviewer", reviewer).put("text", text);
            if (stars.containsKey(reviewer)) {
                review.put("stars", stars.get(reviewer));
            }
        }
    }
}
