/**
 * Processes that registered themselves, with any of the servers on one store. Connecting is registering: the ADS stream is the lease, a
 * process takes its registration along to the server it connects to next, a broken stream has a grace period, a graceful stop drains first.
 * {@code Book} decides, {@code WorkloadRegistry} reads and writes. Knows nothing of streams or protobuf.
 */
@NullMarked
package io.inmesh.server.registry;

import org.jspecify.annotations.NullMarked;
