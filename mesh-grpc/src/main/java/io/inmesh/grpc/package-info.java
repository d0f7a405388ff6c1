/**
 * The mesh inside gRPC-Java: a channel that asks the engine what to do with every call and does it, and a server interceptor.
 *
 * <p>Why a channel of our own rather than a name resolver and a load balancer: gRPC lets neither of them decide per attempt
 * with which TLS identity a connection is made, its retries cannot share a budget with HTTP calls, and the hooks that would
 * help are internal API. So {@link io.inmesh.grpc.MeshGrpc#channel} drives the same engine as the OkHttp adapter, and every
 * endpoint has an ordinary inner channel per identity epoch, built with public API only. A new epoch means a new inner channel;
 * the old one finishes its calls and goes.
 */
@NullMarked
package io.inmesh.grpc;

import org.jspecify.annotations.NullMarked;
