/**
 * The mesh inside OkHttp: one application interceptor that asks the engine what to do and does it.
 *
 * <p>How a call reaches the endpoint that was chosen, without its URL being rebuilt: OkHttp keys its connection pool by the
 * {@code Dns} object among other things, so every endpoint has a {@code Dns} of its own ({@link io.inmesh.okhttp.Target}),
 * which answers with an address that carries the target's label. The client's one socket factory makes sockets that read the
 * label when they connect, go to the endpoint's address and port, and speak mesh TLS there if the endpoint asks for it. To
 * OkHttp the connection looks like plain HTTP to the name the application wrote: {@code Host}, cookies and URL stay as they
 * were.
 *
 * <p>Order of interceptors: the application's own, then the mesh, then the transport.
 */
@NullMarked
package io.inmesh.okhttp;

import org.jspecify.annotations.NullMarked;
