/** Services that stand in a file beside the server. */
@NullMarked
package io.inmesh.server.source.file;

import org.jspecify.annotations.NullMarked;
