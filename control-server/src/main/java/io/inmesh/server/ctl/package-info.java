/** {@code meshctl}: the command line of the mesh, over the control server's REST interface. */
@NullMarked
package io.inmesh.server.ctl;

import org.jspecify.annotations.NullMarked;
