package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.ctl.Check.State;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckupTest {

    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    private final Checkup checkup = new Checkup();

    @TempDir
    private Path folder;

    @Test
    void serverWithoutAnybodyIsWell() throws Exception {
        checkup.status(json("{'now': '2026-06-01T12:00:03Z', 'store': {}}"), NOW);
        assertThat(checkup.checks()).extracting(Check::state).containsOnly(State.OK);
        assertThat(checkup.healthy()).isTrue();
        assertThat(the("connected").detail()).isEqualTo("none");
    }

    @Test
    void clocksFarApartAreToldWithTheirDirection() throws Exception {
        checkup.status(json("{'now': '2026-06-01T11:58:00Z'}"), NOW);
        assertThat(the("clock"))
                .returns(State.WARN, Check::state)
                .returns("its clock is 2m behind the one here", Check::detail);
        assertThat(checkup.healthy()).isTrue();
    }

    @Test
    void storeThatIsNotHeardFails() throws Exception {
        checkup.status(json("{'store': {'behindSince': '2026-06-01T11:59:00Z', 'reason': 'no member answers'}}"), NOW);
        assertThat(the("store")).returns(State.FAIL, Check::state);
        assertThat(the("store").detail()).contains("11:59", "no member answers");
    }

    @Test
    void storeThatTakesNoChangesFailsThoughItAnswers() throws Exception {
        checkup.status(
                json("{'store': {'refusingSince': '2026-06-01T11:59:00Z', 'refused': 'its quota is used up'}}"), NOW);
        assertThat(the("store")).returns(State.OK, Check::state);
        assertThat(the("store-takes-changes")).returns(State.FAIL, Check::state);
        assertThat(the("store-takes-changes").detail()).contains("11:59", "its quota is used up");
    }

    @Test
    void severalServersNeedALeaderAndOneRoot() throws Exception {
        checkup.status(json("{'replicas': [{'name': 'a', 'root': '01'}, {'name': 'b', 'root': '02'}]}"), NOW);
        assertThat(the("leader")).returns(State.FAIL, Check::state);
        assertThat(the("one-root")).returns(State.WARN, Check::state);
    }

    @Test
    void processesThatRefuseTheirConfigurationFailAndThoseThatLagAreToldOf() throws Exception {
        checkup.status(
                json("{'processes': [{'name': 'a', 'state': 'SYNCED'}, {'name': 'b', 'state': 'STALE'}],"
                        + " 'workloads': [{'name': 'a'}, {'name': 'gone'}]}"),
                NOW);
        assertThat(the("in-sync")).returns(State.WARN, Check::state);
        assertThat(the("in-sync").detail()).endsWith(": b");
        assertThat(the("away").detail()).endsWith(": /gone");
        assertThat(checkup.healthy()).isTrue();

        checkup.status(json("{'processes': [{'name': 'c', 'state': 'REJECTED'}]}"), NOW);
        assertThat(checkup.healthy()).isFalse();
    }

    @Test
    void processesThatAreConnectedToAnotherServerAreNotMissed() throws Exception {
        checkup.status(
                json("{'replicas': [{'leads': true}, {}], 'workloads': [{'namespace': 'shop', 'name': 'a'}]}"), NOW);
        assertThat(checkup.checks()).extracting(Check::id).doesNotContain("away");
    }

    @Test
    void namesakesOfOtherNamespacesAreOthers() throws Exception {
        checkup.status(
                json(
                        "{'processes': [{'namespace': 'shop', 'name': 'a'}], 'workloads': [{'namespace': 'till', 'name': 'a'}]}"),
                NOW);
        assertThat(the("away").detail()).endsWith(": till/a");
    }

    @Test
    void overdueCertificatesFailAndThoseThatCannotBeRenewedYetWarn() throws Exception {
        checkup.status(
                json("{'processes': [{'name': 'a', 'state': 'SYNCED', 'certificate': {'health': 'SOUND',"
                        + " 'renewalFailure': 'no server', 'notAfter': '2026-06-01T18:00:00Z'}}]}"),
                NOW);
        assertThat(the("certificates")).returns(State.WARN, Check::state);

        Checkup later = new Checkup();
        later.status(json("{'processes': [{'name': 'a', 'certificate': {'health': 'EXPIRED'}}]}"), NOW);
        assertThat(later.healthy()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"2026-05-01T00:00:00Z, FAIL", "2026-07-30T00:00:00Z, WARN", "2036-01-01T00:00:00Z, OK"})
    void rootThatEndsIsToldOfTwoMonthsAhead(String end, State state) throws Exception {
        checkup.authority(
                answer(200, "{'roots': [{'id': '0a', 'state': 'active', 'notAfter': '" + end + "'}]}"),
                json("{}"),
                NOW);
        assertThat(the("root")).returns(state, Check::state);
    }

    @Test
    void processThatDoesNotTrustTheSigningRootFails() throws Exception {
        checkup.authority(
                answer(200, "{'roots': [{'id': '0a', 'state': 'active', 'notAfter': '2036-01-01T00:00:00Z'}]}"),
                json("{'processes': [{'name': 'a', 'certificate': {'trustedRoots': ['0a', '0b']}},"
                        + " {'name': 'b', 'certificate': {'trustedRoots': ['0b']}}, {'name': 'silent'}]}"),
                NOW);
        assertThat(the("trust")).returns(State.FAIL, Check::state);
        assertThat(the("trust").detail()).endsWith(": b");
    }

    @Test
    void findingsCountByHowBadTheyAre() throws Exception {
        checkup.findings(answer(200, "{'problems': [{'severity': 'WARNING'}, {'severity': 'INFO'}]}"));
        assertThat(the("findings")).returns(State.WARN, Check::state);
        assertThat(the("findings").detail()).isEqualTo("0 errors, 1 warnings");
    }

    @Test
    void whatTheCallerMayNotSeeIsSkippedAndSaidSo() throws Exception {
        checkup.findings(answer(403, "{'message': 'reader may not do that'}"));
        assertThat(the("findings")).returns(State.SKIP, Check::state).returns("reader may not do that", Check::detail);
        assertThat(checkup.healthy()).isTrue();
    }

    @Test
    void versionsMoreThanOneMinorApartAreNamed() throws Exception {
        checkup.versions(
                "0.2.0",
                json("{'gitVersion': 'v1.32.0+inmesh.0.3.1'}"),
                json("{'processes': [{'name': 'old', 'userAgent': 'inmesh-java 0.1.9'}, {'name': 'ok', 'userAgent':"
                        + " 'inmesh-java 0.4.0'}, {'name': 'dev', 'userAgent': 'inmesh-java dev'}, {'name': 'envoy',"
                        + " 'userAgent': 'envoy 1.38.0'}]}"));
        assertThat(the("version")).returns(State.WARN, Check::state);
        assertThat(the("version").detail()).isEqualTo("0.3.1; more than a minor version apart: old inmesh-java 0.1.9");
    }

    @Test
    void commandLooksAtARunningMesh() throws Exception {
        try (MeshUnderTest mesh = new MeshUnderTest(folder)) {
            MeshUnderTest.Run run = mesh.run("check");
            assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
            assertThat(run.out())
                    .contains("control server", "OK    store: answers", "WARN  access: ", "certificate authority")
                    .endsWith("nothing fails" + System.lineSeparator());
            assertThat(mesh.run("check", "-o", "short").out())
                    .contains("WARN  access: ")
                    .doesNotContain("OK ", "control server");
            JsonNode body = Api.JSON.readTree(mesh.run("check", "-o", "json").out());
            assertThat(body.path("healthy").asBoolean()).isTrue();
            assertThat(mesh.run("check", "-o", "wide").exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(mesh.run("check", "--mtls", "-o", "short").exitCode()).isEqualTo(ExitCode.USAGE);
        }
    }

    private Check the(String id) {
        return checkup.checks().stream()
                .filter(check -> check.id().equals(id))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private static Api.Answer answer(int status, String body) throws JsonProcessingException {
        return new Api.Answer(status, json(body));
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return Api.JSON.readTree(text.replace('\'', '"'));
    }
}
