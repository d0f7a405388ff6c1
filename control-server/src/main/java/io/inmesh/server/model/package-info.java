/** Resources as operators write them, whatever their kind. */
@NullMarked
package io.inmesh.server.model;

import org.jspecify.annotations.NullMarked;
