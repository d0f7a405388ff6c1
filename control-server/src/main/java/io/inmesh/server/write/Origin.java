package io.inmesh.server.write;

import io.inmesh.server.model.Resource;

/**
 * Who keeps a resource. A resource is changed where it is kept: a file of the watched folder or an object of a Kubernetes cluster is not
 * overwritten through the API, nor the other way round, because one of the two would lose without a word.
 *
 * @param source value of the annotation that remembers it; empty for the API
 */
public record Origin(String source) {

    /** Annotation that remembers which file or cluster keeps a resource. */
    public static final String ANNOTATION = "inmesh.io/source";

    /** Whoever writes through the API. */
    public static final Origin API = new Origin("");

    private static final String FOLDER = "folder:";
    private static final String CLUSTER = "kubernetes:";

    /** {@return a file of the watched folder, by its path below the folder} */
    public static Origin file(String relativePath) {
        return new Origin(FOLDER + relativePath);
    }

    /** {@return a Kubernetes cluster, by its source's name in the settings} */
    public static Origin cluster(String name) {
        return new Origin(CLUSTER + name);
    }

    /** {@return who keeps a resource} */
    public static Origin of(Resource resource) {
        String source = resource.annotations().getOrDefault(ANNOTATION, "");
        return source.startsWith(FOLDER) || source.startsWith(CLUSTER) ? new Origin(source) : API;
    }

    /** {@return whether this is a file of the watched folder} */
    public boolean isFile() {
        return source.startsWith(FOLDER);
    }

    /** {@return the path of the file below the folder; empty for the API} */
    public String file() {
        return isFile() ? source.substring(FOLDER.length()) : "";
    }

    /** {@return whether this is a Kubernetes cluster} */
    public boolean isCluster() {
        return source.startsWith(CLUSTER);
    }

    /** {@return the name of the cluster's source in the settings; empty for others} */
    public String cluster() {
        return isCluster() ? source.substring(CLUSTER.length()) : "";
    }

    /** {@return its name for people} */
    @Override
    public String toString() {
        if (isCluster()) {
            return "the Kubernetes cluster " + cluster();
        }
        return isFile() ? "the file " + file() + " of the watched folder" : "the API";
    }
}
