package io.inmesh.explain;

import io.inmesh.call.Call;

/** A config in use that can say what it would decide and why. */
public interface Explains {

    /** {@return name of the config} */
    String version();

    /** {@return what would be decided about a call and why; nothing is counted or sent} */
    Explanation explain(Call call);
}
