/**
 * Where configs come from when there is no control plane: a YAML file, described in {@code docs/config-file.md}.
 *
 * <p>Every mistake is reported with its line, all of them at once, and nothing that is not understood is passed over.
 */
@NullMarked
package io.inmesh.source;

import org.jspecify.annotations.NullMarked;
