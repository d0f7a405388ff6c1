/**
 * What other registries know: services and endpoints that the mesh did not learn from its own configuration. A source tells what it
 * sees; what becomes of it, above all of what is suddenly missing, is decided here, and the same for all sources.
 */
@NullMarked
package io.inmesh.server.source;

import org.jspecify.annotations.NullMarked;
