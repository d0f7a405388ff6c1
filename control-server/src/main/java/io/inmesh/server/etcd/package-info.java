/**
 * State in etcd, for several servers at once: which member to ask, what to make of an answer that did not come, and how a watch goes on.
 * Speaks etcd's own API over the gRPC that is there anyway.
 */
@NullMarked
package io.inmesh.server.etcd;

import org.jspecify.annotations.NullMarked;
