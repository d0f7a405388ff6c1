import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What came of each step, and pictures of what was seen. */
final class Report {

    private final Path pictures;
    private int failed;

    /** Something a user does, and what is to be seen then. */
    interface Steps {
        void run() throws Exception;
    }

    /**
     * Nothing has been done yet.
     *
     * @param pictures folder for pictures; null for none
     */
    Report(Path pictures) {
        this.pictures = pictures;
    }

    /** {@return how many steps did not come to their end} */
    int failed() {
        return failed;
    }

    /** Takes a step, and says what came of it. */
    void step(String what, Steps steps) {
        long begun = System.nanoTime();
        try {
            steps.run();
            System.out.printf("✓ %s (%.1f s)%n", what, Duration.ofNanos(System.nanoTime() - begun).toMillis() / 1000.0);
        } catch (Exception | AssertionError e) {
            failed++;
            System.out.println("✗ " + what + ": " + e.getMessage());
        }
    }

    /** The browser has nothing to complain about, such as broken scripts. */
    void noComplaints(Browser browser) {
        step("the browser has nothing to complain about", () -> {
            List<String> complaints = browser.complaints();
            if (!complaints.isEmpty()) {
                throw new AssertionError(String.join("\n", complaints));
            }
        });
    }

    /** Keeps pictures of a page: light and dark; on a wide window, on a narrow one and on a phone. */
    void pictures(Browser browser, String console, String name, String place, String present) throws Exception {
        if (pictures == null) {
            return;
        }
        if (place != null) {
            browser.open(console + place);
        }
        browser.see(present, "");
        for (String scheme : List.of("light", "dark")) {
            browser.prefer(scheme);
            browser.size(1440, 900);
            picture(browser, name + "-" + scheme);
            browser.size(800, 900);
            picture(browser, name + "-" + scheme + "-narrow");
            browser.size(390, 844);
            picture(browser, name + "-" + scheme + "-phone");
        }
        browser.size(1440, 900);
        browser.prefer("light");
    }

    /** Keeps a picture of what is seen now. */
    void picture(Browser browser, String name) throws Exception {
        if (pictures != null) {
            // What moves comes to rest.
            Thread.sleep(600);
            Files.createDirectories(pictures);
            browser.picture(pictures.resolve("console-" + name + ".png"));
        }
    }
}
