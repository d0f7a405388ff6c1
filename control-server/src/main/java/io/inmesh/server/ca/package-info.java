/**
 * The certificate authority: root, intermediate, workload certificates, join tokens, and the service that signs over gRPC. A certificate
 * says who the caller has proven to be, never what its request asks for. Private keys of workloads are never seen here.
 */
@NullMarked
package io.inmesh.server.ca;

import org.jspecify.annotations.NullMarked;
