package io.inmesh.samples.bookinfo;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** What is printed on the first pages of the book. With {@code DELAY_MILLIS} it takes that long to tell, for trying out how that is found. */
public final class Details {

    private static final String BOOK = """
            {"title":"The Comedy of Errors","author":"William Shakespeare","year":1595,"pages":200,\
            "publisher":"PublisherA","language":"English","type":"paperback"}""";

    private Details() {}

    /** Runs the service. */
    public static void main(String[] arguments) throws Exception {
        long delay = Long.parseLong(System.getenv().getOrDefault("DELAY_MILLIS", "0"));
        Service service = new Service("details", Service.join());
        service.servlet("/details/*", new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                look(delay);
                response.setContentType("application/json");
                response.getWriter().write(BOOK);
            }
        });
        service.run();
    }

    private static void look(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
