package io.inmesh.server.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.testkit.Http2Wire;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sends what brought other servers down to a whole control server, without a certificate, and sees to it that others are served;
 * {@code docs/advisories.md} has the stories.
 */
class AdvisoryTest {
    private static final int MANY = 20_000;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final int MAX_HEADER_LIST_SIZE = 6;
    private static final int RESOURCE_EXHAUSTED = 8;
    private static final String CREATE = "/istio.v1.auth.IstioCertificateService/CreateCertificate";
    private static final String CHECK = "/grpc.health.v1.Health/Check";
    private static final byte[] NOTHING = {};

    @TempDir
    static Path directory;

    private static TestServer server;
    private static GoodClient good;

    /** What an attacker does on a connection of its own, and what must come of it. */
    private interface Attack {
        void on(Http2Wire wire) throws IOException;
    }

    private record Advisory(String id, Attack attack, int... settings) {
        @Override
        public String toString() {
            return id;
        }
    }

    static Stream<Advisory> advisories() {
        return Stream.of(
                new Advisory("CVE-2023-44487", wire -> {
                    flood(wire, i -> {
                        wire.headers(2 * i + 1, false, Http2Wire.call(CREATE));
                        wire.send(Http2Wire.RESET, 0, 2 * i + 1, Http2Wire.bytes(8));
                    });
                    assertCutOff(wire);
                }),
                new Advisory("CVE-2025-55163", wire -> {
                    // A window that grows by nothing is an error for which the server has to reset the stream.
                    flood(wire, i -> {
                        wire.headers(2 * i + 1, false, Http2Wire.call(CREATE));
                        wire.send(Http2Wire.WINDOW_UPDATE, 0, 2 * i + 1, Http2Wire.bytes(0));
                    });
                    assertCutOff(wire);
                }),
                new Advisory("CVE-2024-30255", wire -> {
                    wire.send(Http2Wire.HEADERS, 0, 1, Http2Wire.call(CREATE));
                    flood(wire, i -> wire.send(Http2Wire.CONTINUATION, 0, 1, Http2Wire.block("x-" + i, "x")));
                    wire.closed();
                }),
                new Advisory("CVE-2019-9518", wire -> {
                    wire.send(Http2Wire.HEADERS, 0, 1, Http2Wire.call(CREATE));
                    flood(wire, i -> wire.send(Http2Wire.CONTINUATION, 0, 1, NOTHING));
                    wire.closed();
                }),
                new Advisory("CVE-2019-9512", wire -> {
                    flood(wire, i -> wire.send(Http2Wire.PING, 0, 0, new byte[8]));
                    assertCutOff(wire);
                }),
                new Advisory("CVE-2019-15226", wire -> {
                    String[] small = new String[2 * MANY / 10];
                    for (int i = 0; i < small.length; i += 2) {
                        small[i] = "x-" + i;
                        small[i + 1] = "";
                    }
                    wire.headers(1, true, Http2Wire.call(CHECK, small));
                    wire.flush();
                    assertThat(refusedOrClosed(wire)).isTrue();
                }),
                new Advisory("CVE-2026-47774", wire -> {
                    // One long header goes into the table, and then each octet stands for all of it.
                    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
                    bomb.writeBytes(Http2Wire.call(CHECK));
                    byte[] literal = Http2Wire.block("x-bomb", "x".repeat(3_000));
                    literal[0] = 0x40;
                    bomb.writeBytes(literal);
                    bomb.writeBytes(new String(new char[10_000])
                            .replace('\0', (char) 0xbe)
                            .getBytes(StandardCharsets.ISO_8859_1));
                    wire.headers(1, true, bomb.toByteArray());
                    wire.flush();
                    assertThat(refusedOrClosed(wire)).isTrue();
                }),
                new Advisory("CVE-2026-47244", wire -> {
                    for (int i = 0; i < 500; i++) {
                        wire.headers(2 * i + 1, false, Http2Wire.call(CREATE));
                    }
                    wire.flush();
                    // Each of the last ones is refused by itself, or the connection is.
                    assertThat(refusedOrClosed(wire, 999)).isTrue();
                }),
                new Advisory(
                        "CVE-2026-50560",
                        wire -> {
                            for (int i = 0; i < 50; i++) {
                                wire.headers(2 * i + 1, false, Http2Wire.call(CHECK));
                                wire.send(Http2Wire.DATA, Http2Wire.END_STREAM, 2 * i + 1, Http2Wire.message(NOTHING));
                                wire.flush();
                                if (wire.endOf(2 * i + 1).type() == Http2Wire.GOAWAY) {
                                    break;
                                }
                            }
                        },
                        MAX_HEADER_LIST_SIZE,
                        1),
                new Advisory("GHSA-86vr-4wcv-mm9w", wire -> {
                    wire.headers(1, false, Http2Wire.call(CREATE));
                    byte[] announced = {0, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff};
                    wire.send(Http2Wire.DATA, 0, 1, announced);
                    wire.flush();
                    assertThat(wire.endOf(1).grpcStatus()).hasValue(RESOURCE_EXHAUSTED);
                }));
    }

    private interface Frames {
        void send(int number) throws IOException;
    }

    /** Sends until the server has had enough. */
    private static void flood(Http2Wire wire, Frames frames) {
        try {
            for (int i = 0; i < MANY; i++) {
                frames.send(i);
            }
            wire.flush();
        } catch (IOException closed) {
            assertThat(closed).isInstanceOf(SocketException.class);
        }
    }

    private static boolean refusedOrClosed(Http2Wire wire) throws IOException {
        return refusedOrClosed(wire, 1);
    }

    private static boolean refusedOrClosed(Http2Wire wire, int stream) throws IOException {
        try {
            Http2Wire.Frame end = wire.endOf(stream);
            return end.type() == Http2Wire.GOAWAY
                    || end.type() == Http2Wire.RESET
                    || end.grpcStatus().orElse(-1) != 0;
        } catch (EOFException | SocketException closed) {
            return true;
        }
    }

    /** The server closes the connection; what it says about that may be lost when the attacker is still sending. */
    private static void assertCutOff(Http2Wire wire) throws IOException {
        assertThat(wire.closed()).isIn(-1, ENHANCE_YOUR_CALM);
    }

    @BeforeAll
    static void start() throws Exception {
        server = new TestServer(directory, new TestResources());
        good = new GoodClient(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @MethodSource("advisories")
    void attackEndsForTheAttackerAlone(Advisory advisory) throws Exception {
        try (Http2Wire wire = Http2Wire.open(server.anonymousSocket(), advisory.settings())) {
            advisory.attack().on(wire);
        }
        good.isServed();
    }

    @Test
    void documentNamesTheSameAdvisories() throws IOException {
        List<String> documented = Files.readAllLines(Path.of("../docs/advisories.md")).stream()
                .filter(line -> line.contains("| control-server `AdvisoryTest`"))
                .map(line -> line.split("\\|")[1].strip().split(" ")[0])
                .toList();
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(
                        advisories().map(Advisory::id).distinct().toList());
    }
}
