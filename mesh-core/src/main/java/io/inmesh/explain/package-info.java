/**
 * Why a decision came out as it did: virtual host, routes that matched or did not and why, destinations, endpoints and why each was passed
 * over. An {@link io.inmesh.explain.Explanation} is data; it reads as text and goes as maps and lists into JSON.
 */
@NullMarked
package io.inmesh.explain;

import org.jspecify.annotations.NullMarked;
