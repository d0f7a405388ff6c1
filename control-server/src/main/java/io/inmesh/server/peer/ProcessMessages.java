package io.inmesh.server.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.inmesh.server.ads.CertificateReport;
import io.inmesh.server.ads.ConnectedProcess;
import io.inmesh.server.ads.HeldResource;
import io.inmesh.server.ads.ProcessConfig;
import io.inmesh.server.ads.TypeStatus;
import io.inmesh.server.peer.rpc.Certificate;
import io.inmesh.server.peer.rpc.Config;
import io.inmesh.server.peer.rpc.Held;
import io.inmesh.server.peer.rpc.Process;
import io.inmesh.server.peer.rpc.ProcessesRequest;
import io.inmesh.server.peer.rpc.TypeState;
import io.inmesh.server.translate.VersionedResource;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Connected processes as control servers tell each other of them. What cannot be read, such as a state that a newer server knows, is an {@link
 * IllegalArgumentException}.
 */
final class ProcessMessages {

    private ProcessMessages() {}

    static boolean wanted(ProcessesRequest request, ConnectedProcess process) {
        return request.getNode().isEmpty() || request.getNode().equals(process.nodeId());
    }

    static Process of(ConnectedProcess process, boolean withChain) {
        Process.Builder message = Process.newBuilder()
                .setNode(process.nodeId())
                .setInstance(process.instance())
                .setServiceAccount(process.serviceAccount())
                .setContext(ContextMessages.of(process.context()))
                .setAddress(process.address())
                .setUserAgent(process.userAgent())
                .setIncremental(process.incremental())
                .setConnectedSince(of(process.connectedSince()));
        process.certificateExpiry().ifPresent(expiry -> message.setCertificateExpiry(of(expiry)));
        process.certificate().ifPresent(report -> message.setCertificate(of(report)));
        process.acknowledgedTrust().ifPresent(message::setAcknowledgedTrust);
        if (withChain) {
            process.chain().forEach(certificate -> message.addChain(of(certificate)));
        }
        for (TypeStatus type : process.types()) {
            message.addTypes(TypeState.newBuilder()
                    .setTypeUrl(type.typeUrl())
                    .setState(type.state().name())
                    .setSentVersion(type.sentVersion())
                    .setAcknowledgedVersion(type.acknowledgedVersion())
                    .setRejection(type.rejection())
                    .addAllRejectedNames(type.rejectedNames())
                    .setSince(of(type.since())));
        }
        return message.build();
    }

    static Process of(ProcessConfig config, boolean withContents) {
        Config.Builder message = Config.newBuilder().addAllEverything(config.everything());
        if (withContents) {
            message.setNode(config.node());
        }
        for (HeldResource held : config.held()) {
            Held.Builder one = Held.newBuilder()
                    .setTypeUrl(held.typeUrl())
                    .setName(held.name())
                    .setVersion(held.version());
            VersionedResource resource = held.resource();
            if (withContents && resource != null) {
                one.setContent(resource.any()).setContentVersion(resource.version());
            }
            message.addHeld(one);
        }
        return of(config.process(), withContents).toBuilder().setConfig(message).build();
    }

    static ConnectedProcess read(Process message) {
        return new ConnectedProcess(
                message.getNode(),
                message.getInstance(),
                message.getContext().getNamespace(),
                message.getServiceAccount(),
                message.getContext().getLabelsMap(),
                message.getAddress(),
                message.getUserAgent(),
                message.getIncremental(),
                read(message.getConnectedSince()),
                message.hasCertificateExpiry() ? Optional.of(read(message.getCertificateExpiry())) : Optional.empty(),
                message.hasCertificate() ? Optional.of(read(message.getCertificate())) : Optional.empty(),
                chain(message.getChainList()),
                message.hasAcknowledgedTrust() ? Optional.of(message.getAcknowledgedTrust()) : Optional.empty(),
                ContextMessages.read(message.getContext()),
                message.getTypesList().stream().map(ProcessMessages::read).toList());
    }

    static ProcessConfig config(Process message) {
        List<HeldResource> held = new ArrayList<>();
        for (Held one : message.getConfig().getHeldList()) {
            held.add(new HeldResource(
                    one.getTypeUrl(),
                    one.getName(),
                    one.getVersion(),
                    one.hasContent()
                            ? new VersionedResource(one.getName(), one.getContent(), one.getContentVersion())
                            : null));
        }
        return new ProcessConfig(
                read(message),
                message.getConfig().getNode(),
                new HashSet<>(message.getConfig().getEverythingList()),
                held);
    }

    private static Certificate of(CertificateReport report) {
        Certificate.Builder message = Certificate.newBuilder()
                .setSerial(report.serial())
                .setNotAfter(of(report.notAfter()))
                .setHealth(report.health().name())
                .setFailure(report.failure())
                .addAllRoots(report.roots());
        report.failingSince().ifPresent(since -> message.setFailingSince(of(since)));
        return message.build();
    }

    private static CertificateReport read(Certificate message) {
        return new CertificateReport(
                message.getSerial(),
                read(message.getNotAfter()),
                CertificateReport.Health.valueOf(message.getHealth()),
                message.getFailure(),
                message.hasFailingSince() ? Optional.of(read(message.getFailingSince())) : Optional.empty(),
                message.getRootsList());
    }

    private static TypeStatus read(TypeState message) {
        return new TypeStatus(
                message.getTypeUrl(),
                TypeStatus.State.valueOf(message.getState()),
                message.getSentVersion(),
                message.getAcknowledgedVersion(),
                message.getRejection(),
                message.getRejectedNamesList(),
                read(message.getSince()));
    }

    private static ByteString of(X509Certificate certificate) {
        try {
            return ByteString.copyFrom(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    private static List<X509Certificate> chain(List<ByteString> encoded) {
        List<X509Certificate> chain = new ArrayList<>();
        for (ByteString one : encoded) {
            try {
                chain.add((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(one.toByteArray())));
            } catch (CertificateException e) {
                throw new IllegalArgumentException("a certificate of a process cannot be read", e);
            }
        }
        return chain;
    }

    private static Timestamp of(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    private static Instant read(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
