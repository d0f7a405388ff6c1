/**
 * The mesh inside one process. Start with {@link io.inmesh.Mesh}; adapters ({@code mesh-okhttp}, {@code mesh-grpc}, {@code
 * mesh-servlet-filter}) connect it to clients and servers.
 */
@NullMarked
package io.inmesh;

import org.jspecify.annotations.NullMarked;
