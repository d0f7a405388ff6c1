/** The live state of each address: load, ejection, and its place in the world. It outlives every config that mentions it. */
@NullMarked
package io.inmesh.endpoint;

import org.jspecify.annotations.NullMarked;
