/** Which endpoints serve a route, and the live state their calls share. */
@NullMarked
package io.inmesh.cluster;

import org.jspecify.annotations.NullMarked;
