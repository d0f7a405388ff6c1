import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Clicks through the console over the running bookshop, as a user would. Arguments: address of the WebDriver, of the control server, of the
 * shop's page, of a control server that asks for passwords, the process id of that one, a folder for scratch, and one for pictures or "-".
 */
final class ConsoleCheck {

    /** It takes more requests than there are, so it stays at its first step. */
    private static final String ROLLOUT = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews}
            spec:
              hosts: [reviews]
              http:
              - route:
                - {destination: {host: reviews, subset: v1}, weight: 100}
                - {destination: {host: reviews, subset: v3}, weight: 0}
            ---
            apiVersion: inmesh.io/v1alpha1
            kind: Rollout
            metadata: {name: reviews-v3}
            spec:
              target: {kind: VirtualService, name: reviews}
              stable: {host: reviews, subset: v1}
              canary: {host: reviews, subset: v3}
              steps: [{weight: 10, wait: 1m}, {weight: 50, wait: 1m}]
              analysis: {interval: 1s, minRequests: 1000000, errorRate: {maxPercent: 1}, latency: {percentile: 95, max: 1s}}
            """;

    /** Effects run after the drawing, so a value can change before anything follows it. */
    private static final String CHANGED_WHILE_DRAWN = """
            const base = document.querySelector('script[src$="/app.js"]').src;
            return Promise.all(['./lib/preact.js', './base/store.js'].map((file) => import(new URL(file, base)))).then(async ([{ html, render }, { store, useStore }]) => {
              const value = store('earlier');
              const Shown = () => html`<i>${useStore(value)}</i>`;
              const root = document.createElement('div');
              render(html`<${Shown} />`, root);
              value.set('later');
              for (let looks = 0; looks < 100 && root.textContent !== 'later'; looks += 1) await new Promise((again) => setTimeout(again, 50));
              return root.textContent === 'later';
            });
            """;

    private static final String RECENT = "#/graph?window=30s";
    private static final String FAILING = ".label[data-health=failing]";

    private final URI driver;
    private final String console;
    private final URI shop;
    private final String guarded;
    private final long guardedProcess;
    private final Path scratch;
    private final Report report;

    private ConsoleCheck(String[] arguments) {
        driver = URI.create(arguments[0]);
        console = arguments[1] + "/console/";
        shop = URI.create(arguments[2] + "/productpage");
        guarded = arguments[3];
        guardedProcess = Long.parseLong(arguments[4]);
        scratch = Path.of(arguments[5]);
        report = new Report(arguments[6].equals("-") ? null : Path.of(arguments[6]));
    }

    public static void main(String[] arguments) throws Exception {
        ConsoleCheck check = new ConsoleCheck(arguments);
        AtomicBoolean over = new AtomicBoolean();
        Thread traffic = new Thread(() -> check.traffic(over), "traffic");
        traffic.setDaemon(true);
        traffic.start();
        try (Browser browser = new Browser(check.driver, check.scratch.resolve("profile"))) {
            check.overTheShop(browser);
        }
        over.set(true);
        try (Browser browser = new Browser(check.driver, check.scratch.resolve("other-profile"))) {
            new LoginCheck(check.report, check.guarded, check.guardedProcess, check.scratch).run(browser);
        }
        System.exit(check.report.failed() == 0 ? 0 : 1);
    }

    private void overTheShop(Browser browser) throws Exception {
        browser.open(console);
        report.step("the graph shows who calls whom", () -> {
            browser.see(".card[data-card=productpage]", "v1");
            browser.see(".card[data-card=ratings]", "v1");
            for (String version : List.of("v1", "v2", "v3")) {
                browser.await(
                        "a healthy link to reviews " + version,
                        "return document.querySelector(`.label[data-health=healthy][data-link*='reviews'][data-link$='${arguments[0]}']`) !== null",
                        version);
            }
        });
        report.pictures(browser, console, "graph", RECENT.replace("?window=30s", ""), ".card[data-card=ratings]");
        report.step("a click on a link tells its figures", () -> {
            browser.click(".label[data-link*=details]", "");
            browser.see(".panel h2", "details");
            browser.see(".panel .chart", "Calls per second");
            browser.see(".panel", "mutual TLS");
        });
        report.step("the table says the same", () -> {
            browser.click("[role=tab]", "Table");
            browser.see("table", "ratings");
        });
        report.step("keys lead to the services", () -> {
            browser.click("h1", "");
            browser.press("g", "s");
            browser.see("tr", "reviews");
            browser.see("tr .badge", "3 of 3");
        });
        report.pictures(browser, console, "services", "#/services", "tr .badge");
        report.step("on a phone no page is wider than the screen, and rows say what their cells are", () -> {
            browser.size(390, 844);
            for (String place : List.of("#/", "#/services", "#/config", "#/mesh", "#/security", "#/rollouts", "#/requests")) {
                browser.open(console + place);
                browser.see("h1", "");
                browser.await(
                        place + " fits",
                        "return document.documentElement.scrollWidth <= innerWidth"
                                + " && [...document.querySelectorAll('main .scroll')].every((box) => box.scrollWidth <= box.clientWidth)");
            }
            browser.open(console + "#/services");
            browser.see("td[data-title=Health]", "3 of 3");
            browser.size(1440, 900);
        });
        report.pictures(browser, console, "service", "#/services/reviews.default.svc.cluster.local", "tr .badge");
        browser.open(console + "#/services");
        report.step("a service leads to the form that shifts its traffic", () -> {
            browser.click("td a", "reviews");
            browser.see("h1", "reviews");
            browser.click("a.button", "Shift traffic");
            browser.type("[data-weight=v3]", "100");
        });
        report.step("a change is reviewed with whom it affects, and applied", () -> {
            browser.click("[data-review]", "");
            browser.see("dialog .diff", "weight: 100");
            browser.see("dialog .affected", "productpage");
            report.picture(browser, "review-light");
            browser.click("[data-apply]", "");
            browser.see(".head .sub", "version");
        });
        report.step("the graph follows the weights", () -> {
            browser.open(console + RECENT);
            browser.await(
                    "links to v3 only",
                    "const to = [...document.querySelectorAll(\".label[data-link*='/reviews/']\")].map(e => e.dataset.link).filter(l => l.includes('productpage'));"
                            + " return to.length === 1 && to[0].endsWith('v3')");
        });
        report.step("a fault turns its link red", () -> {
            browser.open(console + "#/services/reviews.default.svc.cluster.local");
            browser.click("a.button", "Inject a fault");
            browser.type("[data-fault=abort]", "100");
            browser.click("[data-review]", "");
            browser.see("dialog .diff", "httpStatus");
            browser.click("[data-apply]", "");
            browser.see(".note.ok", "is live");
            browser.open(console + RECENT);
            browser.await("a red link", "return document.querySelector(\"" + FAILING + "[data-link*=reviews]\") !== null");
        });
        report.pictures(browser, console, "fault", RECENT, FAILING);
        report.step("rolling back heals it", () -> {
            browser.open(console + "#/config/networking.istio.io/virtualservices/default/reviews?tab=history");
            browser.await("two versions", "return document.querySelectorAll('[data-version]').length >= 2");
            browser.run("document.querySelectorAll('[data-version]')[1].click()");
            browser.see("dialog .diff", "httpStatus");
            browser.click("[data-roll-back]", "");
            browser.await("three versions", "return document.querySelectorAll('[data-version]').length >= 3");
            browser.open(console + RECENT);
            browser.await(
                    "no red link and one that is well",
                    "return document.querySelector('" + FAILING + "') === null && document.querySelector(\".label[data-health=healthy][data-link*='reviews']\") !== null");
        });
        report.step("a rollout is shown, held, let go on and taken back", () -> {
            apply(ROLLOUT);
            browser.open(console + "#/rollouts");
            browser.see("[data-rollout=reviews-v3][data-phase=Progressing] [aria-current=step]", "10%");
            browser.see("[data-rollout=reviews-v3]", "requests that it takes to judge it");
            browser.click("[data-word=pause]", "");
            browser.see("[data-phase=Paused]", "paused by");
            browser.click("[data-word=resume]", "");
            browser.see("[data-phase=Progressing]", "step 1 of 2");
        });
        report.pictures(browser, console, "rollouts", "#/rollouts", "[data-rollout] table");
        report.step("a rollout that is aborted puts the weights back", () -> {
            browser.click("[data-word=abort]", "");
            browser.see("dialog", "put back now");
            browser.click("[data-confirm]", "");
            browser.see("[data-phase=RolledBack]", "aborted by");
            browser.see("[data-rollout] table", "100%");
        });
        report.step("the editor completes fields and finds mistakes", () -> {
            browser.open(console + "#/config/networking.istio.io/virtualservices/default/reviews");
            browser.await("the editor", "return document.querySelector('.editor')?.shadowRoot?.querySelector('.cm-content')?.textContent.includes('reviews') ?? false");
            browser.run("document.querySelector('.editor').shadowRoot.querySelector('.cm-content').focus()");
            endOfText(browser);
            browser.press(" ", " ", "e", "x", "p");
            browser.await("a completion", "return document.querySelector('.editor').shadowRoot.querySelector('.cm-tooltip-autocomplete')?.textContent.includes('exportTo') ?? false");
            browser.press("\uE00C", "o", ":", " ", "1");
            browser.see(".side .note.bad", "expo");
            browser.await("no way to apply it", "return document.querySelector('[data-review]').disabled");
            browser.run("[...document.querySelectorAll('button')].find(e => e.textContent === 'Discard').click()");
            browser.await("nothing left to discard", "return ![...document.querySelectorAll('button')].some(e => e.textContent === 'Discard')");
        });
        report.step("requests are watched as they end, and explain themselves", () -> {
            browser.open(console + "#/services/productpage.default.svc.cluster.local");
            browser.click("a.button", "Watch requests");
            browser.await("the service chosen", "return document.querySelector('[name=target]')?.value === 'productpage'");
            browser.click("[data-watch]", "Watch");
            browser.see("tr", "GET /");
            browser.see("tr .badge.ok", "200");
            browser.click("[data-why]", "");
            browser.see("dialog dt", "Result");
            browser.press("\uE00C");
            browser.click("[data-watch]", "Stop");
            browser.see(".box-tools .badge", "ended");
        });
        report.pictures(browser, console, "requests", null, "[data-why]");
        report.pictures(browser, console, "editor", "#/config/networking.istio.io/virtualservices/default/reviews?tab=weights", ".weight");
        report.pictures(browser, console, "configuration", "#/config", "tr .badge");
        report.step("can A call B is answered with reasons", () -> {
            browser.open(console + "#/security?tab=can-i");
            browser.type("[name=caller]", "default/bookinfo-productpage");
            browser.type("[name=authority]", "ratings:9080");
            browser.click("button.main", "Ask");
            browser.see(".answer .badge.bad", "no");
            browser.see(".steps", "ALLOW");
        });
        report.pictures(browser, console, "can-i", null, ".answer");
        report.pictures(browser, console, "security", "#/security", "meter");
        report.pictures(browser, console, "health", "#/mesh", "tr .badge");
        report.step("dark and light can be chosen, and are remembered", () -> {
            browser.click("[data-theme-switch]", "");
            browser.click("[data-theme-switch]", "");
            browser.await("dark", "return document.documentElement.dataset.theme === 'dark'");
            browser.open(console + "#/services");
            browser.run("location.reload()");
            browser.await("dark again", "return document.documentElement.dataset.theme === 'dark' && document.querySelector('tr') !== null");
        });
        report.step("what changes while a page is being drawn is shown", () -> browser.await("the later value", CHANGED_WHILE_DRAWN));
        report.noComplaints(browser);
    }

    /** Moves to the last line, which is empty. */
    private static void endOfText(Browser browser) throws Exception {
        browser.run(
                "const c = document.querySelector('.editor').shadowRoot.querySelector('.cm-content');"
                        + " c.dispatchEvent(new KeyboardEvent('keydown', {key: 'End', ctrlKey: true, bubbles: true, keyCode: 35}))");
    }

    private void apply(String yaml) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(console).resolve("/inmesh/v1/apply"))
                                .header("Content-Type", "application/yaml")
                                .POST(BodyPublishers.ofString(yaml))
                                .build(),
                        BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.body());
        }
    }

    private void traffic(AtomicBoolean over) {
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(shop).timeout(Duration.ofSeconds(20)).build();
        while (!over.get()) {
            try {
                http.send(request, BodyHandlers.discarding());
                Thread.sleep(100);
            } catch (InterruptedException e) {
                return;
            } catch (java.io.IOException e) {
                // The shop may answer late while a fault is on; the graph is what is looked at.
            }
        }
    }
}
