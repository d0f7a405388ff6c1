/**
 * From the messages of a control plane to the records of the core: one small translator per kind of resource. Nothing outside
 * this package and the streams knows that protobuf exists.
 *
 * <p>A field that would change who may do what, and that is not understood, makes its resource invalid. Any other field that is
 * not acted on is noted, so that an operator can see it.
 */
@NullMarked
package io.inmesh.client.translate;

import org.jspecify.annotations.NullMarked;
