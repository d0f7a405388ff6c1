package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Where the demo listens, on loopback.
 *
 * @param page the shop
 * @param http console and REST
 * @param grpc discovery and certificates
 */
record DemoPorts(int page, int http, int grpc) {

    /** What bookinfo and the control server have unless told otherwise. */
    static final DemoPorts DEFAULT = new DemoPorts(9080, 15_014, 15_012);

    static DemoPorts read(JsonNode kept) {
        return new DemoPorts(
                kept.path("pagePort").asInt(DEFAULT.page),
                kept.path("httpPort").asInt(DEFAULT.http),
                kept.path("grpcPort").asInt(DEFAULT.grpc));
    }

    void write(ObjectNode kept) {
        kept.put("pagePort", page).put("httpPort", http).put("grpcPort", grpc);
    }

    /** {@return the shop's page} */
    String shop() {
        return "http://127.0.0.1:" + page + "/productpage";
    }

    /** {@return the control server} */
    String server() {
        return "http://127.0.0.1:" + http;
    }

    /**
     * Looks whether they can be had.
     *
     * @throws Failure if a port is taken; the message names the option that moves it
     */
    void demandFree() throws Failure {
        free(page, "--page-port");
        free(http, "--http-port");
        free(grpc, "--grpc-port");
    }

    private static void free(int port, String option) throws Failure {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            socket.setReuseAddress(true);
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.FINDINGS,
                    "port " + port + " is taken by another program; stop that one, or choose another port with "
                            + option);
        }
    }
}
