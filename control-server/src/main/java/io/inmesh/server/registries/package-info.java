/** Which registries a server follows: the settings' section {@code sources}. */
@NullMarked
package io.inmesh.server.registries;

import org.jspecify.annotations.NullMarked;
