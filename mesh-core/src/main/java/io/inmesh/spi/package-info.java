/**
 * Where a control plane is plugged in: what it offers ({@link io.inmesh.spi.ControlPlane}), what it may use of the mesh ({@link
 * io.inmesh.spi.MeshLink}), and what both report. Found by {@link java.util.ServiceLoader} through {@link
 * io.inmesh.spi.ControlPlaneProvider}.
 */
@NullMarked
package io.inmesh.spi;

import org.jspecify.annotations.NullMarked;
