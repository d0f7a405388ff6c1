/**
 * Again or not: what an outcome means ({@link io.inmesh.retry.Classifier}), whether a route wants it repeated ({@link
 * io.inmesh.retry.RetryPolicy}), whether the service can afford it ({@link io.inmesh.retry.RetryBudget}), and how long to wait
 * first ({@link io.inmesh.retry.Backoff}).
 */
@NullMarked
package io.inmesh.retry;

import org.jspecify.annotations.NullMarked;
