/** Relays what operators ask to the processes they ask about, over connections that those have opened themselves. */
@NullMarked
package io.inmesh.server.relay;

import org.jspecify.annotations.NullMarked;
