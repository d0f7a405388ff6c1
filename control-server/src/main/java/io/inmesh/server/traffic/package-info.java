/** Who has called whom in the last hour, as the processes themselves report, and what that means for the next step of a migration. */
@NullMarked
package io.inmesh.server.traffic;

import org.jspecify.annotations.NullMarked;
