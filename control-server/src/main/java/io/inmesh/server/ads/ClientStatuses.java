package io.inmesh.server.ads;

import com.google.protobuf.Timestamp;
import io.inmesh.xds.status.ClientConfig;
import io.inmesh.xds.status.ClientResourceStatus;
import io.inmesh.xds.status.ConfigStatus;
import io.inmesh.xds.status.UpdateFailureState;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** What a process has been sent and what it made of it, in the messages of CSDS ({@code envoy.service.status.v3}). */
public final class ClientStatuses {

    private ClientStatuses() {}

    /**
     * {@return one process}
     *
     * @param contents whether the resources themselves are in it. They may hold credentials, such as values of headers that a route sets
     */
    public static ClientConfig of(ProcessConfig process, boolean contents) {
        ClientConfig.Builder config = ClientConfig.newBuilder().setNode(process.node());
        Map<String, TypeStatus> types = new HashMap<>();
        process.process().types().forEach(type -> types.put(type.typeUrl(), type));
        for (HeldResource held : process.held()) {
            ClientConfig.GenericXdsConfig.Builder one = config.addGenericXdsConfigsBuilder()
                    .setTypeUrl(held.typeUrl())
                    .setName(held.name())
                    .setVersionInfo(held.version());
            if (contents && held.resource() != null) {
                one.setXdsConfig(held.resource().any());
            }
            TypeStatus type = types.get(held.typeUrl());
            if (type != null) {
                describe(one, held, type);
            }
        }
        return config.build();
    }

    private static void describe(ClientConfig.GenericXdsConfig.Builder one, HeldResource held, TypeStatus type) {
        boolean rejected = type.state() == TypeStatus.State.REJECTED
                && type.rejectedNames().contains(held.name());
        one.setLastUpdated(timestamp(type.since()));
        if (rejected) {
            one.setConfigStatus(ConfigStatus.ERROR)
                    .setClientStatus(ClientResourceStatus.NACKED)
                    .setErrorState(UpdateFailureState.newBuilder()
                            .setDetails(type.rejection())
                            .setVersionInfo(held.version())
                            .setLastUpdateAttempt(timestamp(type.since())));
        } else if (held.version().isEmpty()) {
            one.setConfigStatus(ConfigStatus.NOT_SENT).setClientStatus(ClientResourceStatus.DOES_NOT_EXIST);
        } else if (type.state() == TypeStatus.State.STALE) {
            one.setConfigStatus(ConfigStatus.STALE).setClientStatus(ClientResourceStatus.REQUESTED);
        } else {
            one.setConfigStatus(ConfigStatus.SYNCED).setClientStatus(ClientResourceStatus.ACKED);
        }
    }

    private static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
