package io.inmesh.bench.macro;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.StreamObserver;
import io.inmesh.bench.report.Bootstrap;
import io.inmesh.bench.report.Goal;
import io.inmesh.bench.report.Report;
import io.inmesh.bench.report.Row;
import io.inmesh.client.identity.SigningRequest;
import io.inmesh.xds.ca.IstioCertificateRequest;
import io.inmesh.xds.ca.IstioCertificateResponse;
import io.inmesh.xds.ca.IstioCertificateServiceGrpc;
import io.inmesh.xds.ca.IstioCertificateServiceGrpc.IstioCertificateServiceStub;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How many certificates one control server issues a second: {@code CreateCertificate} from end to end over TLS, each answer after its
 * entry in the audit log is on disk. Beside it, how many signatures a core makes, which is the bound that no server can pass.
 */
public final class Issuance {

    private static final int IN_FLIGHT = 64;
    private static final int REQUESTS = 64;
    private static final int ROUNDS = 12;
    private static final long ROUND_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long WARM_UP_NANOS = Duration.ofSeconds(15).toNanos();
    private static final double WISHED = 500;
    private static final long SEED = 20;

    private Issuance() {}

    /**
     * Measures, prints a table and keeps it.
     *
     * @param arguments the folder for results, and the control server's jar
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("inmesh-issuance");
        double[] issued = new double[ROUNDS];
        double[] signed = new double[ROUNDS];
        double[] perCpuSecond = new double[ROUNDS];
        // One identity asks for all of them here, which is what the limit is against.
        Path settings =
                Files.writeString(folder.resolve("settings.yaml"), "limits: {certificatesPerIdentity: 100000}\n");
        try (ControlServer server =
                ControlServer.start(folder, Path.of(arguments[1]), List.of("--config", settings.toString()))) {
            ManagedChannel channel = channel(server);
            IstioCertificateServiceStub stub = IstioCertificateServiceGrpc.newStub(channel);
            List<IstioCertificateRequest> requests = requests();
            perSecond(stub, requests, WARM_UP_NANOS);
            signaturesPerCpuSecond(ROUND_NANOS);
            for (int round = 0; round < ROUNDS; round++) {
                long cpuNanos = server.cpuNanos();
                issued[round] = perSecond(stub, requests, ROUND_NANOS);
                double share = (server.cpuNanos() - cpuNanos) / (double) ROUND_NANOS;
                perCpuSecond[round] = issued[round] / share;
                signed[round] = signaturesPerCpuSecond(ROUND_NANOS / ROUNDS);
            }
            channel.shutdownNow();
        } finally {
            Macro.delete(folder);
        }
        System.out.println(
                report(issued, perCpuSecond, signed).store(Path.of(arguments[0]), "issuance", LocalDate.now()));
        System.exit(0);
    }

    private static Report report(double[] issued, double[] perCpuSecond, double[] signed) {
        return new Report(
                "How many certificates a control server issues",
                List.of(
                        Row.of(
                                "CreateCertificate over TLS, P-256",
                                "rate",
                                "/s",
                                Bootstrap.median(new double[][] {issued}, SEED),
                                Goal.atLeast(WISHED)),
                        Row.of(
                                "CreateCertificate over TLS, P-256",
                                "per CPU second of the server",
                                "",
                                Bootstrap.median(new double[][] {perCpuSecond}, SEED),
                                Goal.atLeast(WISHED / 2)),
                        Row.of(
                                "signatures alone, P-256",
                                "per CPU second",
                                "",
                                Bootstrap.median(new double[][] {signed}, SEED),
                                Goal.NONE)),
                List.of(
                        "One control server in a process of its own, with its default settings but for the limit for one identity, and one client on the same machine with "
                                + IN_FLIGHT + " requests on their way over one connection; medians of " + ROUNDS
                                + " rounds of " + Duration.ofNanos(ROUND_NANOS).toSeconds() + " s.",
                        "Per CPU second is what a core would do if nobody else were there; the goal is met on two cores from half of it on.",
                        "Every answer waits until its entry in the audit log has been forced to disk; entries that come"
                                + " meanwhile share a transaction.",
                        "The client makes no keys while it is measured: requests are signed beforehand. The server checks"
                                + " each one's signature all the same."));
    }

    private static double perSecond(
            IstioCertificateServiceStub stub, List<IstioCertificateRequest> requests, long nanos) throws Exception {
        Semaphore free = new Semaphore(IN_FLIGHT);
        AtomicLong done = new AtomicLong();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        long begin = System.nanoTime();
        int next = 0;
        while (System.nanoTime() - begin < nanos && failure.get() == null) {
            free.acquire();
            stub.createCertificate(requests.get(next++ % REQUESTS), new StreamObserver<>() {
                @Override
                public void onNext(IstioCertificateResponse response) {
                    done.incrementAndGet();
                }

                @Override
                public void onError(Throwable cause) {
                    failure.set(cause);
                    free.release();
                }

                @Override
                public void onCompleted() {
                    free.release();
                }
            });
        }
        free.acquire(IN_FLIGHT);
        if (failure.get() != null) {
            throw new IOException("a certificate was not issued", failure.get());
        }
        return done.get() * 1e9 / (System.nanoTime() - begin);
    }

    private static double signaturesPerCpuSecond(long nanos) throws GeneralSecurityException {
        SigningRequest own = SigningRequest.create();
        Signature signature = Signature.getInstance("SHA256withECDSA");
        byte[] text = new byte[500];
        long count = 0;
        long begin = System.nanoTime();
        long cpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (; System.nanoTime() - begin < nanos; count++) {
            signature.initSign(own.keys().getPrivate());
            signature.update(text);
            signature.sign();
        }
        return count * 1e9 / (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuNanos);
    }

    private static List<IstioCertificateRequest> requests() {
        List<IstioCertificateRequest> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            requests.add(IstioCertificateRequest.newBuilder()
                    .setCsr(SigningRequest.create().pem())
                    .build());
        }
        return requests;
    }

    private static ManagedChannel channel(ControlServer server) throws IOException, InterruptedException {
        SigningRequest own = SigningRequest.create();
        JsonNode issued = server.certificate("benchmark", own.pem());
        String key = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(own.keys().getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        String address = server.address();
        int colon = address.lastIndexOf(':');
        return Grpc.newChannelBuilderForAddress(
                        address.substring(0, colon),
                        Integer.parseInt(address.substring(colon + 1)),
                        TlsChannelCredentials.newBuilder()
                                .trustManager(stream(issued.path("root").asText()))
                                .keyManager(stream(issued.path("chain").asText()), stream(key))
                                .build())
                .build();
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }
}
