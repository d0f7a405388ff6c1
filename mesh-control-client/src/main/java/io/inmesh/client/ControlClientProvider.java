package io.inmesh.client;

import io.inmesh.spi.ControlPlane;
import io.inmesh.spi.ControlPlaneProvider;
import java.util.Map;

/** Makes the control client that {@code Mesh.join()} uses. */
public final class ControlClientProvider implements ControlPlaneProvider {

    @Override
    public ControlPlane fromEnvironment(Map<String, String> environment) {
        return new ControlClient(ControlClientSettings.fromEnvironment(environment));
    }
}
