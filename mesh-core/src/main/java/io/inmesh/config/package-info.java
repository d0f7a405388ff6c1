/**
 * What the mesh is asked to do, as plain immutable records: the input of the snapshot compiler.
 *
 * <p>Nothing here has behaviour beyond validation and small factories. Equality decides whether anything changed, so
 * every component is itself a value. Sources (Java code, a YAML file, xDS) produce these records; nothing downstream of
 * the compiler reads them on the path of a call.
 */
@NullMarked
package io.inmesh.config;

import org.jspecify.annotations.NullMarked;
