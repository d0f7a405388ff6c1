package io.inmesh.spi;

import java.util.Map;

/** Makes the control plane that {@code Mesh.join()} uses; registered as a service of this type. */
public interface ControlPlaneProvider {

    /**
     * {@return a control plane, not yet started}
     *
     * @param environment the environment of the process; settings begin with {@code INMESH_}
     * @throws IllegalArgumentException if a setting is missing or wrong; the message names it and what to write
     */
    ControlPlane fromEnvironment(Map<String, String> environment);
}
