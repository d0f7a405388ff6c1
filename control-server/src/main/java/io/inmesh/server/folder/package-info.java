/** Configuration from a folder of YAML files, followed as it changes. */
@NullMarked
package io.inmesh.server.folder;

import org.jspecify.annotations.NullMarked;
