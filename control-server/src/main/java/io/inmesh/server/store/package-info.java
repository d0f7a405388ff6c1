/** Configuration as it is held: snapshots of all resources. */
@NullMarked
package io.inmesh.server.store;

import org.jspecify.annotations.NullMarked;
