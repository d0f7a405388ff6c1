package io.inmesh.server.peer;

import com.google.protobuf.Duration;
import io.inmesh.server.lrs.ProcessReport;
import io.inmesh.server.peer.rpc.Report;

/** Reports of processes as control servers send them to each other. */
final class ReportMessages {

    private ReportMessages() {}

    static Report of(long stream, ProcessReport report) {
        return Report.newBuilder()
                .setStream(stream)
                .setNamespace(report.namespace())
                .setServiceAccount(report.serviceAccount())
                .setWorkload(report.workload())
                .putAllLabels(report.labels())
                .addAllClusters(report.clusters())
                .build();
    }

    static Report ended(long stream) {
        return Report.newBuilder().setStream(stream).setEnded(true).build();
    }

    static Report aged(Report report, long nanos) {
        java.time.Duration age = java.time.Duration.ofNanos(Math.max(0, nanos));
        return report.toBuilder()
                .setAge(Duration.newBuilder().setSeconds(age.getSeconds()).setNanos(age.getNano()))
                .build();
    }

    static ProcessReport read(Report report) {
        return new ProcessReport(
                report.getNamespace(),
                report.getServiceAccount(),
                report.getWorkload(),
                report.getLabelsMap(),
                report.getClustersList());
    }

    /** {@return how long ago a report came to its sender, an hour at most, which is as long as any is kept} */
    static java.time.Duration age(Report report) {
        long seconds = Math.max(0, Math.min(report.getAge().getSeconds(), 3_600));
        return java.time.Duration.ofSeconds(seconds, Math.max(0, report.getAge().getNanos()));
    }
}
