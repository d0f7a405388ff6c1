package io.inmesh.config;

/** Told what is wrong with a config while it is checked. */
@FunctionalInterface
public interface FieldProblems {

    /**
     * Something is wrong; the config must not be used.
     *
     * @param field path of the field
     * @param message what is wrong
     * @param remedy what to write instead
     */
    void report(String field, String message, String remedy);

    /** {@return where to report what is wrong in a part of the config} */
    default FieldProblems within(String part) {
        return (field, message, remedy) -> report(field.isEmpty() ? part : part + "." + field, message, remedy);
    }
}
