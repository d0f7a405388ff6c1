/**
 * Trust bundles of other trust domains (SPIFFE Federation): fetched, kept while they cannot be had, and pushed to processes. Each vouches
 * for its own trust domain and for nobody else.
 */
@NullMarked
package io.inmesh.server.federation;

import org.jspecify.annotations.NullMarked;
