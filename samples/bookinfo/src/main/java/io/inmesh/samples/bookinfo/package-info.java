/** A small bookshop of four services, as any team would write it: the mesh is three lines in each. */
@NullMarked
package io.inmesh.samples.bookinfo;

import org.jspecify.annotations.NullMarked;
