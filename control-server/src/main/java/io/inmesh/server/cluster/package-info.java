/** Configuration that is kept in a Kubernetes cluster: taken from there, and answered there by statuses. */
@NullMarked
package io.inmesh.server.cluster;

import org.jspecify.annotations.NullMarked;
