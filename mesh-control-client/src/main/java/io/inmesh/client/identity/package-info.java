/** How a process gets its certificate: key and signing request made here, sent over a verified connection, renewed in time. */
@NullMarked
package io.inmesh.client.identity;

import org.jspecify.annotations.NullMarked;
