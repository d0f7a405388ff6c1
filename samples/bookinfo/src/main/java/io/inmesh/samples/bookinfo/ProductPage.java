package io.inmesh.samples.bookinfo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.Mesh;
import io.inmesh.okhttp.MeshOkHttp;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** The page of the book, made of what details and reviews say. */
public final class ProductPage {

    private ProductPage() {}

    /** Runs the service. */
    public static void main(String[] arguments) throws Exception {
        Mesh mesh = Service.join();
        OkHttpClient http = MeshOkHttp.wrap(
                new OkHttpClient.Builder().callTimeout(Duration.ofSeconds(3)).build(), mesh);
        Servlet servlet = new Servlet(http);
        Service service = new Service("productpage", mesh);
        service.servlet("/*", servlet);
        service.browsers(Integer.parseInt(System.getenv().getOrDefault("PORT", "9080")), servlet, "/*")
                .run();
    }

    private static final class Servlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private static final String USER_COOKIE = "user";
        private static final ObjectMapper JSON = new ObjectMapper();

        private final transient OkHttpClient http;

        Servlet(OkHttpClient http) {
            this.http = http;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String id = RequestIds.of(request);
            response.setHeader(RequestIds.HEADER, id);
            switch (request.getRequestURI()) {
                case "/health" -> response.getWriter().write("ok");
                case "/login" -> login(request, response);
                case "/logout" -> forget(response);
                case "/", "/productpage" -> page(user(request), id, response);
                case "/api/v1/products/0/reviews" ->
                    relay("http://reviews:9080/reviews/0", user(request), id, response);
                case "/api/v1/products/0" -> relay("http://details:9080/details/0", user(request), id, response);
                default -> response.sendError(HttpServletResponse.SC_NOT_FOUND);
            }
        }

        private void page(@Nullable String user, String id, HttpServletResponse response) throws IOException {
            Answer details = call("http://details:9080/details/0", user, id);
            // One repetition by the application itself, as in the well-known tutorial: two times three seconds.
            Answer reviews = call("http://reviews:9080/reviews/0", user, id);
            if (reviews.body() == null) {
                reviews = call("http://reviews:9080/reviews/0", user, id);
            }
            response.setContentType("text/html;charset=utf-8");
            response.getWriter().write(Page.render(user, details.body(), reviews.body()));
        }

        private void relay(String url, @Nullable String user, String id, HttpServletResponse response)
                throws IOException {
            Answer answer = call(url, user, id);
            response.setStatus(answer.status());
            response.setContentType("application/json");
            response.getWriter()
                    .write(
                            answer.body() == null
                                    ? "{\"error\":\"unavailable\"}"
                                    : answer.body().toString());
        }

        /** An answer; without body if there was none of use. */
        private record Answer(int status, @Nullable JsonNode body) {}

        private Answer call(String url, @Nullable String user, String id) {
            Request.Builder request = new Request.Builder().url(url).header(RequestIds.HEADER, id);
            if (user != null) {
                request.header("end-user", user);
            }
            try (Response response = http.newCall(request.build()).execute()) {
                return new Answer(
                        response.code(),
                        response.isSuccessful() ? JSON.readTree(response.body().byteStream()) : null);
            } catch (IOException e) {
                return new Answer(HttpServletResponse.SC_SERVICE_UNAVAILABLE, null);
            }
        }

        private static @Nullable String user(HttpServletRequest request) {
            String header = request.getHeader("end-user");
            if (header != null) {
                return header;
            }
            if (request.getCookies() != null) {
                for (Cookie cookie : request.getCookies()) {
                    if (cookie.getName().equals(USER_COOKIE)) {
                        return cookie.getValue();
                    }
                }
            }
            return null;
        }

        private static void login(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String name = request.getParameter("username");
            if (name == null || !name.matches("[a-zA-Z0-9]{1,20}")) {
                response.sendError(HttpServletResponse.SC_BAD_REQUEST, "username is letters and digits");
                return;
            }
            response.addCookie(new Cookie(USER_COOKIE, name));
            response.sendRedirect("/productpage");
        }

        private static void forget(HttpServletResponse response) throws IOException {
            Cookie gone = new Cookie(USER_COOKIE, "");
            gone.setMaxAge(0);
            response.addCookie(gone);
            response.sendRedirect("/productpage");
        }
    }
}
