/** Answers what operators ask of this process over its own connection to the control server, within limits of its own. */
@NullMarked
package io.inmesh.client.relay;

import org.jspecify.annotations.NullMarked;
