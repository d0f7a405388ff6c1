package io.inmesh.server.validate;

import io.inmesh.server.model.Resource;
import io.inmesh.server.store.ConfigView;
import java.util.List;

/** Judges a resource. A pure function of its arguments. */
public interface Validator {
    /**
     * The problems of {@code candidate}.
     *
     * @param candidate a resource about to be written
     * @param after all resources as they will be after the whole change, {@code candidate} included
     */
    List<Problem> validate(Resource candidate, ConfigView after);
}
