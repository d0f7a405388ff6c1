package io.inmesh.server.validate;

import io.inmesh.server.model.ResourceKey;

/**
 * Something wrong with a resource, said so that whoever reads it can mend it.
 *
 * @param resource the resource
 * @param fieldPath the field, such as {@code spec.http[0].route[1].weight}; empty if it is about the resource as a whole
 * @param severity whether the resource is refused
 * @param code stable code of this sort of problem, such as {@code IM0101}
 * @param message what is wrong
 * @param remedy what to do about it
 */
public record Problem(
        ResourceKey resource, String fieldPath, Severity severity, String code, String message, String remedy) {

    /** What a problem means for the resource. */
    public enum Severity {
        /** The resource is refused. */
        ERROR,
        /** The resource is accepted, but something in it has no effect or is likely a mistake. */
        WARNING
    }
}
