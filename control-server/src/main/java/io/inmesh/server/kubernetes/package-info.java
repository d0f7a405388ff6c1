/** A Kubernetes API server: how it is reached, asked, followed and told. */
@NullMarked
package io.inmesh.server.kubernetes;

import org.jspecify.annotations.NullMarked;
