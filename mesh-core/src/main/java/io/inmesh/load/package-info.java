/**
 * What servers say about their own load: {@link io.inmesh.load.ServerLoad} is one statement, {@link io.inmesh.load.LoadMeter} makes it on
 * the server's side, {@link io.inmesh.load.OrcaText} is its form in an HTTP header.
 */
@NullMarked
package io.inmesh.load;

import org.jspecify.annotations.NullMarked;
