/**
 * A fleet on etcd. {@link io.containerstatus.examples.fleet.Node} is a supervisor whose store is etcd.
 * {@link io.containerstatus.examples.fleet.View} prints the statuses that all supervisors record.
 * {@code examples/fleet/run} demonstrates both.
 */
@NullMarked
package io.containerstatus.examples.fleet;

import org.jspecify.annotations.NullMarked;
