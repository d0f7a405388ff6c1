/**
 * The mesh in front of Jakarta servlets: a filter that asks the mesh about every request, and TLS for Jetty and Tomcat.
 *
 * <p>The filter goes first, before every other filter, so that nothing sees a request the mesh refuses.
 */
@NullMarked
package io.inmesh.servlet;

import org.jspecify.annotations.NullMarked;
