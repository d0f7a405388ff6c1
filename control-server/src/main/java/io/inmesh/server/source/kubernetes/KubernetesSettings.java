package io.inmesh.server.source.kubernetes;

import io.inmesh.server.kubernetes.ApiSettings;
import io.inmesh.server.settings.Section;
import java.util.Map;
import java.util.Set;

/**
 * An entry of {@code sources.kubernetes}. In a pod nothing has to be said but a name.
 *
 * @param api how the API server is reached
 * @param namespaces whose services and configuration are followed; those of all if empty
 * @param region where the cluster is: Kubernetes tells zones of endpoints only
 * @param configuration whether resources of the mesh are taken from the cluster as well; not unless told so
 * @param writeStatus whether their statuses are written to the cluster; if {@code configuration}, unless told otherwise
 */
public record KubernetesSettings(
        ApiSettings api, Set<String> namespaces, String region, boolean configuration, boolean writeStatus) {

    /** Copies the set. */
    public KubernetesSettings {
        namespaces = Set.copyOf(namespaces);
    }

    /**
     * {@return what an entry says}
     *
     * @param environment of this process: Kubernetes tells pods there where its API is
     */
    public static KubernetesSettings read(Section section, Map<String, String> environment) {
        boolean configuration = section.flag("configuration", false);
        if (!configuration && section.flag("writeStatus", false)) {
            throw section.fault(
                    "writeStatus",
                    "is true, but there are no statuses to write; set configuration to true as well, or remove it");
        }
        return new KubernetesSettings(
                ApiSettings.read(section, environment),
                Set.copyOf(section.texts("namespaces")),
                section.text("region", ""),
                configuration,
                configuration && section.flag("writeStatus", true));
    }
}
