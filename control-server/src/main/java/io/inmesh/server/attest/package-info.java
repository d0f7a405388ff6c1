/**
 * Who a process is before it has a certificate, told by a token of somebody else: a Kubernetes service account, or any OpenID Connect
 * issuer by rule. A token proves what its issuer signed and nothing more; the rules that turn that into an identity are the operator's.
 */
@NullMarked
package io.inmesh.server.attest;

import org.jspecify.annotations.NullMarked;
