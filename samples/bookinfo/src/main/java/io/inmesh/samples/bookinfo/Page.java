package io.inmesh.samples.bookinfo;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** The HTML of the page. */
final class Page {

    private static final String STYLE = """
            body{font:16px/1.5 Georgia,serif;margin:0;background:#f6f3ee;color:#222}
            header{background:#23395b;color:#fff;padding:.8rem 2rem;display:flex;justify-content:space-between;align-items:center}
            header a,header input,header button{color:inherit;font:inherit}
            header input{background:#fff2;border:1px solid #fff6;padding:.2rem .5rem;border-radius:4px}
            header button{background:#fff3;border:0;padding:.3rem .8rem;border-radius:4px}
            main{max-width:60rem;margin:2rem auto;padding:0 1rem}
            h1{font-size:2.2rem;margin:.5rem 0}
            .columns{display:grid;grid-template-columns:1fr 2fr;gap:2rem}
            section{background:#fff;border-radius:8px;padding:1rem 1.5rem;box-shadow:0 1px 4px #0002}
            dt{font-weight:bold}dd{margin:0 0 .5rem}
            blockquote{margin:1rem 0;padding-left:1rem;border-left:3px solid #ccc}
            .stars{font-size:1.4rem;letter-spacing:.1em}.black{color:#111}.red{color:#c1121f}
            .error{color:#9b2226;background:#fbe9e7;padding:.5rem 1rem;border-radius:6px}
            small{color:#777}
            """;

    private Page() {}

    static String render(@Nullable String user, @Nullable JsonNode details, @Nullable JsonNode reviews) {
        return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Bookinfo</title><style>" + STYLE
                + "</style></head><body><header><strong>Bookinfo</strong>" + session(user)
                + "</header><main><h1>The Comedy of Errors</h1><div class=\"columns\"><section id=\"details\"><h2>Details</h2>"
                + details(details) + "</section><section id=\"reviews\"><h2>Reviews</h2>" + reviews(reviews)
                + "</section></div></main></body></html>";
    }

    private static String session(@Nullable String user) {
        return user == null
                ? "<form action=\"/login\"><input name=\"username\" placeholder=\"jason\" aria-label=\"User name\">"
                        + " <button>Sign in</button></form>"
                : "<span>Signed in as <b>" + escape(user) + "</b> · <a href=\"/logout\">sign out</a></span>";
    }

    private static String details(@Nullable JsonNode details) {
        if (details == null) {
            return "<p class=\"error\">Sorry, product details are currently unavailable for this book.</p>";
        }
        StringBuilder list = new StringBuilder("<dl>");
        details.fields()
                .forEachRemaining(field -> list.append("<dt>")
                        .append(escape(field.getKey()))
                        .append("</dt><dd>")
                        .append(escape(field.getValue().asText()))
                        .append("</dd>"));
        return list.append("</dl>").toString();
    }

    private static String reviews(@Nullable JsonNode reviews) {
        if (reviews == null) {
            return "<p class=\"error\">Sorry, product reviews are currently unavailable for this book.</p>";
        }
        StringBuilder html = new StringBuilder();
        String color = reviews.path("color").asText();
        for (JsonNode review : reviews.path("reviews")) {
            html.append("<blockquote>").append(escape(review.path("text").asText()));
            if (review.has("stars")) {
                int stars = review.path("stars").asInt();
                html.append("<div class=\"stars ")
                        .append(escape(color))
                        .append("\">")
                        .append("★".repeat(stars))
                        .append("☆".repeat(5 - stars))
                        .append("</div>");
            }
            html.append("<br><small>")
                    .append(escape(review.path("reviewer").asText()))
                    .append("</small></blockquote>");
        }
        if (reviews.has("error")) {
            html.append("<p class=\"error\">")
                    .append(escape(reviews.path("error").asText()))
                    .append("</p>");
        }
        return html.append("<small>reviews ")
                .append(escape(reviews.path("version").asText()))
                .append("</small>")
                .toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
