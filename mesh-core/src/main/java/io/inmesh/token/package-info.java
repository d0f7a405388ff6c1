/**
 * Who a request says it is made for: finds JSON Web Tokens in requests and verifies them. The only package that knows the JOSE library.
 */
@NullMarked
package io.inmesh.token;

import org.jspecify.annotations.NullMarked;
