/** Services and pods of a Kubernetes cluster, followed over its API. */
@NullMarked
package io.inmesh.server.source.kubernetes;

import org.jspecify.annotations.NullMarked;
