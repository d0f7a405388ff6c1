/**
 * The part of xDS v3 and of Istio's certificate service that the mesh speaks, as generated messages and stubs in the packages below
 * this one. Message names, field numbers and type URLs are the standard's; the Java packages are our own, so that nothing here clashes
 * with another xDS library on the same class path. A field that is not listed in the {@code .proto} files survives a round trip as an
 * unknown field.
 */
@NullMarked
package io.inmesh.xds;

import org.jspecify.annotations.NullMarked;
