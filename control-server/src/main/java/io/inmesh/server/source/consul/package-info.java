/** Services of a Consul catalog, followed by blocking queries. */
@NullMarked
package io.inmesh.server.source.consul;

import org.jspecify.annotations.NullMarked;
