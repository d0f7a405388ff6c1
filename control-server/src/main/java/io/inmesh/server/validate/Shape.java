package io.inmesh.server.validate;

import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.validate.Problem.Severity;

/** What can be wrong with a document before its meaning is looked at; the stable codes of these problems. */
public enum Shape {
    /** A kind that is not known, or not in this version of its API. */
    UNKNOWN_KIND("IM0021"),
    /** A field that does not exist. */
    UNKNOWN_FIELD("IM0022"),
    /** A field that has to be there. */
    MISSING_FIELD("IM0023"),
    /** A value of another type, or none of the values there are. */
    WRONG_TYPE("IM0024"),
    /** A name, namespace or label that Kubernetes would not take. */
    BAD_NAME("IM0025"),
    /** The same resource twice in one change. */
    TWICE("IM0026"),
    /** A resource that someone else keeps: a file of the watched folder, or whoever uses the API. */
    KEPT_ELSEWHERE("IM0027"),
    /** A kind that cannot be enforced and must not seem to be. */
    UNENFORCEABLE_KIND("IM0028"),
    /** More than the store can write at once. */
    TOO_LARGE("IM0029");

    private final String code;

    Shape(String code) {
        this.code = code;
    }

    /** {@return its stable code} */
    public String code() {
        return code;
    }

    /** {@return a problem of this sort, which refuses the resource} */
    public Problem error(ResourceKey resource, String fieldPath, String message, String remedy) {
        return new Problem(resource, fieldPath, Severity.ERROR, code, message, remedy);
    }
}
