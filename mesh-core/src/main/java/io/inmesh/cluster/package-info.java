/**
 * Which endpoints serve a route, and the live state their calls share. A {@link io.inmesh.cluster.Cluster} puts together what
 * {@code balance}, {@code health}, {@code limit} and {@code retry} each know about it.
 */
@NullMarked
package io.inmesh.cluster;

import org.jspecify.annotations.NullMarked;
