/**
 * The mesh inside OkHttp: one application interceptor that asks the engine what to do and does it.
 *
 * <p>How a call reaches the endpoint that was chosen, without its URL being rebuilt: OkHttp keys its connection pool by the
 * {@code Dns} object among other things, so every endpoint has a {@code Dns} of its own ({@link io.inmesh.okhttp.Target}).
 * With it goes a socket factory whose sockets connect to the endpoint's address and port whatever they are told, and speak mesh
 * TLS there if the endpoint asks for it. To OkHttp the connection looks like plain HTTP to the name the application wrote:
 * {@code Host}, cookies and URL stay as they were. If the application wrote {@code https}, OkHttp does that one handshake
 * instead, with the mesh's identity.
 *
 * <p>Order of interceptors: the application's own, then the mesh, then the transport.
 */
@NullMarked
package io.inmesh.okhttp;

import org.jspecify.annotations.NullMarked;
