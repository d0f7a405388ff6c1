package io.inmesh.server.write;

import io.inmesh.server.model.Resource;

/**
 * Who keeps a resource. A resource is changed where it is kept: a file of the watched folder is not overwritten through the API, nor
 * the other way round, because one of the two would lose without a word.
 *
 * @param source value of the annotation that remembers it; empty for the API
 */
public record Origin(String source) {

    /** Annotation that remembers which file keeps a resource. */
    public static final String ANNOTATION = "inmesh.io/source";

    /** Whoever writes through the API. */
    public static final Origin API = new Origin("");

    private static final String FOLDER = "folder:";

    /** {@return a file of the watched folder, by its path below the folder} */
    public static Origin file(String relativePath) {
        return new Origin(FOLDER + relativePath);
    }

    /** {@return who keeps a resource} */
    public static Origin of(Resource resource) {
        String source = resource.annotations().getOrDefault(ANNOTATION, "");
        return source.startsWith(FOLDER) ? new Origin(source) : API;
    }

    /** {@return whether this is a file of the watched folder} */
    public boolean isFile() {
        return !source.isEmpty();
    }

    /** {@return the path of the file below the folder; empty for the API} */
    public String file() {
        return isFile() ? source.substring(FOLDER.length()) : "";
    }

    /** {@return its name for people} */
    @Override
    public String toString() {
        return isFile() ? "the file " + file() + " of the watched folder" : "the API";
    }
}
