/** What of Istio's extension providers the settings file may name: external authorizers. */
@NullMarked
package io.inmesh.server.extension;

import org.jspecify.annotations.NullMarked;
