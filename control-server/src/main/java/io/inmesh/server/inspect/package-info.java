/** What a process is sent, in a form that people and programs can read, with the rule behind each part and without secrets. */
@NullMarked
package io.inmesh.server.inspect;

import org.jspecify.annotations.NullMarked;
