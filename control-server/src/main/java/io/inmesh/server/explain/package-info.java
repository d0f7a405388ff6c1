/**
 * Answers "what would happen to this request?" from the very resources clients get, so that the answer cannot differ from what is sent.
 * Start at {@link io.inmesh.server.explain.Explainer}.
 */
@NullMarked
package io.inmesh.server.explain;

import org.jspecify.annotations.NullMarked;
