/** The control server: puts its parts together and runs them. */
@NullMarked
package io.inmesh.server;

import org.jspecify.annotations.NullMarked;
