/**
 * Which endpoint: among those of one cluster, by priority, health and algorithm.
 *
 * <p>{@link io.inmesh.balance.EndpointPicker} is the way in. It prepares a {@link io.inmesh.balance.Distribution} of who takes traffic
 * whenever an endpoint is ejected or returns, so a pick costs the same for ten endpoints and for ten thousand.
 */
@NullMarked
package io.inmesh.balance;

import org.jspecify.annotations.NullMarked;
