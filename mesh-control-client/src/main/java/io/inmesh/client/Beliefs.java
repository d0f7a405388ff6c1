package io.inmesh.client;

import com.google.protobuf.Any;
import io.inmesh.client.translate.Resource;
import io.inmesh.xds.core.Node;
import io.inmesh.xds.status.ClientConfig;
import io.inmesh.xds.status.ClientResourceStatus;
import io.inmesh.xds.status.ConfigStatus;

/** What this process believes, in the form of CSDS. */
final class Beliefs {

    private Beliefs() {}

    /**
     * {@return every resource accepted or refused last, and those asked for in vain}
     *
     * @param contents whether to tell what is in them
     */
    static ClientConfig of(Node node, ResourceStore store, boolean contents) {
        ClientConfig.Builder config = ClientConfig.newBuilder().setNode(node);
        for (TypeState type : store.types()) {
            for (TypeState.Accepted accepted : type.accepted()) {
                Resource resource = accepted.resource();
                boolean refused = type.refused(resource.name());
                ClientConfig.GenericXdsConfig.Builder one = config.addGenericXdsConfigsBuilder()
                        .setTypeUrl(type.typeUrl())
                        .setName(resource.name())
                        .setVersionInfo(accepted.version())
                        .setConfigStatus(refused ? ConfigStatus.ERROR : ConfigStatus.SYNCED)
                        .setClientStatus(refused ? ClientResourceStatus.NACKED : ClientResourceStatus.ACKED);
                if (contents) {
                    one.setXdsConfig(Any.newBuilder().setTypeUrl(type.typeUrl()).setValue(resource.bytes()));
                }
            }
            for (String name : type.wanted()) {
                if (type.find(name) == null) {
                    boolean unanswered = type.unanswered().contains(name);
                    config.addGenericXdsConfigsBuilder()
                            .setTypeUrl(type.typeUrl())
                            .setName(name)
                            .setConfigStatus(type.refused(name) ? ConfigStatus.ERROR : ConfigStatus.NOT_SENT)
                            .setClientStatus(
                                    type.refused(name)
                                            ? ClientResourceStatus.NACKED
                                            : unanswered
                                                    ? ClientResourceStatus.REQUESTED
                                                    : ClientResourceStatus.DOES_NOT_EXIST);
                }
            }
        }
        return config.build();
    }
}
