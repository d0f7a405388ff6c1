/** How the core has endpoints asked whether they are well: it says whom and what, an adapter asks and tells the answer. */
@NullMarked
package io.inmesh.check;

import org.jspecify.annotations.NullMarked;
