package io.inmesh.server.source;

/**
 * A source of the settings.
 *
 * @param name its name, unique among all; also the beginning of its endpoints' ids
 * @param type such as {@code consul}
 * @param source the source itself
 */
public record NamedSource(String name, String type, ServiceSource source) {

    /** {@return the id of an endpoint: neither a resource nor a process that registered itself can have such a one} */
    public static String endpointId(String source, String rest) {
        return source + "/" + rest;
    }
}
