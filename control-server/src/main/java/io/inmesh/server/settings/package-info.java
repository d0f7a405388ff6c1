/** The control server's own settings file: what is not a resource of the mesh, such as who may log in and which keys sign. */
@NullMarked
package io.inmesh.server.settings;

import org.jspecify.annotations.NullMarked;
