/**
 * Judges what a schema cannot: references between resources, values that exclude each other, and fields that are accepted for Istio's
 * sake but have no effect here. Start at {@link io.inmesh.server.semantic.SemanticValidator}; every problem it can report is listed in
 * {@link io.inmesh.server.semantic.Check}.
 */
@NullMarked
package io.inmesh.server.semantic;

import org.jspecify.annotations.NullMarked;
