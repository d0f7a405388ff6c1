/** How much: requests and retries in flight to a cluster, and the breaker that opens when too many of them fail. */
@NullMarked
package io.inmesh.limit;

import org.jspecify.annotations.NullMarked;
