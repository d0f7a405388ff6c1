/** Tests of text and addresses, compiled once from config and run per call without allocation. Shared by routing and authorization. */
@NullMarked
package io.inmesh.match;

import org.jspecify.annotations.NullMarked;
