/**
 * How much: requests and retries in flight to a cluster, and the breaker that opens when too many of them fail; how often requests come
 * in, and how many are worked on at once.
 */
@NullMarked
package io.inmesh.limit;

import org.jspecify.annotations.NullMarked;
