/**
 * Processes that registered themselves. Connecting is registering: the ADS stream is the lease, a broken stream has a grace period,
 * a graceful stop drains first. Knows nothing of streams or protobuf.
 */
@NullMarked
package io.inmesh.server.registry;

import org.jspecify.annotations.NullMarked;
