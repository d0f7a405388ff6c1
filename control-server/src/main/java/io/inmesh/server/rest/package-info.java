/** The HTTP side: Kubernetes paths and conventions, so that kubectl works, and a few paths of our own under {@code /inmesh/v1}. */
@NullMarked
package io.inmesh.server.rest;

import org.jspecify.annotations.NullMarked;
