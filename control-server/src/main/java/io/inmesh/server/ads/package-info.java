/**
 * The aggregated discovery service (xDS v3 over ADS), incremental and state of the world. Start at {@link AdsService}; one {@link
 * ClientStream} per client decides what to send, {@link StreamHub} tells all of them about changes. Nothing here knows what is in a
 * resource.
 */
@NullMarked
package io.inmesh.server.ads;

import org.jspecify.annotations.NullMarked;
