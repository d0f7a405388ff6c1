import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A headless Chromium, driven over W3C WebDriver. */
final class Browser implements AutoCloseable {

    /** Nothing that is waited for takes that long on any machine; it only ends what would never come. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(120);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI driver;
    private final String session;

    /** Opens a window with a profile of its own. */
    Browser(URI driver, Path profile) throws Exception {
        this.driver = driver;
        ObjectNode always = JSON.createObjectNode();
        ObjectNode wanted = always.putObject("capabilities").putObject("alwaysMatch").put("browserName", "chrome");
        wanted.putObject("goog:loggingPrefs").put("browser", "ALL");
        ArrayNode arguments = wanted.putObject("goog:chromeOptions").putArray("args");
        List.of(
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--disable-dev-shm-usage",
                        "--user-data-dir=" + profile)
                .forEach(arguments::add);
        session = send("POST", "/session", always).path("sessionId").asText();
        size(1440, 900);
    }

    /** Goes to an address; a new fragment alone is a step within the page. */
    void open(String url) throws Exception {
        command("url", JSON.createObjectNode().put("url", url));
    }

    /** Sets the size of the view. */
    void size(int width, int height) throws Exception {
        ObjectNode call = JSON.createObjectNode().put("cmd", "Emulation.setDeviceMetricsOverride");
        call.putObject("params").put("width", width).put("height", height).put("deviceScaleFactor", 1).put("mobile", false);
        command("goog/cdp/execute", call);
    }

    /** Lets the system prefer light or dark. */
    void prefer(String scheme) throws Exception {
        ObjectNode call = JSON.createObjectNode().put("cmd", "Emulation.setEmulatedMedia");
        call.putObject("params").putArray("features").addObject().put("name", "prefers-color-scheme").put("value", scheme);
        command("goog/cdp/execute", call);
    }

    /** Runs a script and gives what it returns; arguments are texts. */
    JsonNode run(String script, String... arguments) throws Exception {
        ObjectNode call = JSON.createObjectNode().put("script", script);
        ArrayNode list = call.putArray("args");
        List.of(arguments).forEach(list::add);
        return command("execute/sync", call);
    }

    /** Waits until a script returns something other than null, false and nothing. */
    JsonNode await(String what, String script, String... arguments) throws Exception {
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (true) {
            JsonNode found = run(script, arguments);
            if (!found.isNull() && !(found.isBoolean() && !found.asBoolean())) {
                return found;
            }
            if (System.nanoTime() - end > 0) {
                throw new AssertionError(what + " did not come; the page says: "
                        + run("return document.body.innerText.slice(0, 1500)").asText());
            }
            Thread.sleep(BETWEEN_LOOKS.toMillis());
        }
    }

    /** Waits until an element is there, and shows a text if one is given. */
    void see(String selector, String text) throws Exception {
        await(
                selector + " with \"" + text + "\"",
                "return [...document.querySelectorAll(arguments[0])].some(e => e.textContent.includes(arguments[1]))",
                selector,
                text);
    }

    /** Waits until no element shows a text. */
    void miss(String selector, String text) throws Exception {
        await(
                selector + " without \"" + text + "\"",
                "return ![...document.querySelectorAll(arguments[0])].some(e => e.textContent.includes(arguments[1]))",
                selector,
                text);
    }

    /** Clicks the first enabled element that shows a text, as a user does: with the mouse, where it is, once it stands still and nothing hides it. */
    void click(String selector, String text) throws Exception {
        JsonNode element = await(
                "an enabled " + selector + " with \"" + text + "\" that nothing hides",
                """
                const e = [...document.querySelectorAll(arguments[0])].find(e => e.textContent.includes(arguments[1]) && !e.disabled && e.checkVisibility());
                if (!e) return null;
                const place = e.getClientRects()[0];
                if (!place) return null;
                const [x, y] = [place.x + place.width / 2, place.y + place.height / 2];
                const still = e.lastPlace === x + ' ' + y;
                e.lastPlace = x + ' ' + y;
                if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) {
                  e.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
                  return null;
                }
                return still && e.contains(document.elementFromPoint(x, y)) ? e : null""",
                selector,
                text);
        command("element/" + element.elements().next().asText() + "/click", JSON.createObjectNode());
    }

    /** Types into a field instead of what is in it, and leaves it. */
    void type(String selector, String text) throws Exception {
        String element = await("a field " + selector, "const e = document.querySelector(arguments[0]); return e && !e.disabled && e.checkVisibility() ? e : null", selector)
                .elements()
                .next()
                .asText();
        command("element/" + element + "/clear", JSON.createObjectNode());
        command("element/" + element + "/value", JSON.createObjectNode().put("text", text + "\uE004"));
    }

    /** Presses keys one after the other, wherever the focus is. */
    void press(String... keys) throws Exception {
        ObjectNode call = JSON.createObjectNode();
        ObjectNode keyboard = call.putArray("actions").addObject().put("type", "key").put("id", "keyboard");
        ArrayNode steps = keyboard.putArray("actions");
        for (String key : keys) {
            steps.addObject().put("type", "keyDown").put("value", key);
            steps.addObject().put("type", "keyUp").put("value", key);
        }
        command("actions", call);
    }

    /** Keeps a picture of the view. */
    void picture(Path file) throws Exception {
        Files.write(file, Base64.getDecoder().decode(send("GET", "/session/" + session + "/screenshot", null).asText()));
    }

    /** What the browser complained about since it was asked last: broken scripts, and what the content security policy kept from happening. */
    List<String> complaints() throws Exception {
        List<String> found = new ArrayList<>();
        for (JsonNode entry : command("se/log", JSON.createObjectNode().put("type", "browser"))) {
            String message = entry.path("message").asText();
            // Answers that say no are part of some scenarios; the page deals with them.
            if (entry.path("level").asText().equals("SEVERE") && !message.contains("Failed to load resource")) {
                found.add(message);
            }
        }
        return found;
    }

    private JsonNode command(String name, JsonNode body) throws Exception {
        return send("POST", "/session/" + session + "/" + name, body);
    }

    private JsonNode send(String method, String path, JsonNode body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(driver.resolve(path))
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        JsonNode value = JSON.readTree(response.body()).path("value");
        if (response.statusCode() != 200) {
            throw new IOException(path + ": " + value.path("error").asText() + ": " + value.path("message").asText());
        }
        return value;
    }

    @Override
    public void close() throws Exception {
        send("DELETE", "/session/" + session, null);
    }
}
