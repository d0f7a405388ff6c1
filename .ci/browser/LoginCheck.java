import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The ways into the console of a control server that asks who one is: password, OpenID Connect issuer, link. */
final class LoginCheck {

    /** The user of the settings that the script writes. */
    private static final String PASSWORD = "correct horse battery";

    private final Report report;
    private final String server;
    private final String console;
    private final long process;
    private final Path scratch;

    /**
     * Nobody is logged in yet.
     *
     * @param server URL of the control server
     * @param process its process id
     * @param scratch a folder
     */
    LoginCheck(Report report, String server, long process, Path scratch) {
        this.report = report;
        this.server = server;
        this.console = server + "/console/";
        this.process = process;
        this.scratch = scratch;
    }

    void run(Browser browser) throws Exception {
        withPasswords(browser);
        withAnIssuer(browser);
        withALink(browser);
        report.step("a lost server is shown", () -> {
            browser.type("[name=username]", "reader");
            browser.type("[name=password]", PASSWORD);
            browser.click("button.main", "Log in");
            browser.see(".who", "reader");
            ProcessHandle.of(process).ifPresent(ProcessHandle::destroy);
            browser.see(".banner.bad", "has not answered");
        });
        report.noComplaints(browser);
    }

    private void withPasswords(Browser browser) throws Exception {
        browser.open(console);
        report.step("a wrong password is refused", () -> {
            browser.type("[name=username]", "reader");
            browser.type("[name=password]", "wrong password");
            browser.click("button.main", "Log in");
            browser.see("[role=alert]", "wrong");
        });
        report.pictures(browser, console, "login", null, ".login");
        report.step("a viewer is shown, and offered nothing that takes an editor", () -> {
            browser.type("[name=username]", "reader");
            browser.type("[name=password]", PASSWORD);
            browser.click("button.main", "Log in");
            browser.see(".who", "reader");
            browser.open(console + "#/config");
            browser.see(".empty", "Nothing is configured yet.");
            browser.miss("a.button", "New");
            browser.open(console + "#/security");
            browser.see("[role=tab]", "Identities");
            browser.miss("[role=tab]", "Audit log");
        });
        report.step("registries are shown, and which endpoints are known from them", () -> {
            browser.open(console + "#/mesh");
            browser.see("table[aria-label=Registries]", "answers");
            browser.open(console + "#/services/legacy.default.svc.cluster.local");
            browser.see("table[aria-label=Instances]", "ledger");
        });
        report.step("nothing secret is kept in the browser", () -> browser.await(
                "preferences only",
                "return !document.cookie && Object.keys(localStorage).every(k => k === 'inmesh-preferences') && sessionStorage.length === 0 && !location.search"));
        report.step("logging out leads back to the login", () -> {
            browser.run("document.querySelector('[title=\"Log out\"]').click()");
            browser.see("button.main", "Log in");
        });
    }

    private void withAnIssuer(Browser browser) throws Exception {
        report.step("who is not known to the issuer comes back to the login", () -> {
            browser.click("a.button", "Log in with Example");
            browser.see("h1", "Example");
            browser.click("button", "Cancel");
            browser.see("[role=alert]", "refused");
        });
        report.step("who logs in at the issuer uses the console with the roles of its groups", () -> {
            browser.click("a.button", "Log in with Example");
            browser.type("[name=user]", "ann");
            browser.click("button", "Go on");
            browser.see(".who", "oidc:ann");
            browser.open(console + "#/security");
            browser.see("[role=tab]", "Identities");
            browser.miss("[role=tab]", "Audit log");
        });
        report.step("nothing of that login is left in the address", () -> browser.await(
                "a bare address", "return !location.search && !location.href.includes('state') && !document.cookie"));
        report.step("who came by an issuer can log out, too", () -> {
            browser.run("document.querySelector('[title=\"Log out\"]').click()");
            browser.see("button.main", "Log in");
        });
    }

    private void withALink(Browser browser) throws Exception {
        meshctl(PASSWORD + "\n", "login", "--user", "root", "--password-stdin");
        String link = meshctl("", "dashboard", "--no-browser").strip();
        String secret = URI.create(link).getFragment();
        report.step("meshctl dashboard leads in, as whoever is logged in there", () -> {
            browser.open(link);
            browser.see(".who", "root");
            browser.await("the console", "return location.pathname === '/console/' && location.hash === ''");
        });
        report.step("the link is not to be had from the page, its history or its storage", () -> {
            browser.await(
                    "no secret",
                    "return !JSON.stringify([location.href, document.referrer, history.state, {...localStorage}, {...sessionStorage},"
                            + " document.documentElement.outerHTML]).includes(arguments[0])",
                    secret);
            browser.run("history.back()");
            browser.await("a page without it", "return !location.href.includes(arguments[0])", secret);
        });
        report.step("the same link again leads nobody in", () -> {
            browser.open(console);
            browser.see(".who", "root");
            browser.run("document.querySelector('[title=\"Log out\"]').click()");
            browser.see("button.main", "Log in");
            browser.open(link);
            browser.see("#say", "has been used");
            browser.click("#console", "");
            browser.see("button.main", "Log in");
        });
        report.step("who is logged in is asked before a link makes somebody else of him", () -> {
            browser.type("[name=username]", "reader");
            browser.type("[name=password]", PASSWORD);
            browser.click("button.main", "Log in");
            browser.see(".who", "reader");
            browser.open(meshctl("", "dashboard", "--no-browser").strip());
            browser.see("#say", "logged in as reader");
            browser.click("#anew", "");
            browser.see(".who", "root");
        });
        report.step("logging out with meshctl ends the session of the browser", () -> {
            meshctl("", "logout");
            browser.see("button.main", "Log in");
        });
    }

    /** {@return what a command printed} */
    private String meshctl(String input, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.inmesh.server.ctl.MeshCtl"));
        command.addAll(Arrays.asList(arguments));
        if (arguments[0].equals("login")) {
            command.addAll(List.of("--server", server));
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        Stream.of("INMESH_SERVER", "INMESH_TOKEN").forEach(builder.environment()::remove);
        builder.environment().put("INMESH_CONFIG_DIR", Files.createDirectories(scratch.resolve("meshctl")).toString());
        Process running = builder.start();
        running.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        running.getOutputStream().close();
        String said = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (running.waitFor() != 0) {
            throw new IOException("meshctl " + String.join(" ", arguments) + " ended with " + running.exitValue());
        }
        return said;
    }
}
