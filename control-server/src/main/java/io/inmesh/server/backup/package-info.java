/** Copies of the control server's state: how one is taken and put back, and how state moves from one engine to another. */
@NullMarked
package io.inmesh.server.backup;

import org.jspecify.annotations.NullMarked;
