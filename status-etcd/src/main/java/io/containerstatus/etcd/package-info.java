/** Statuses on etcd: those of a node, written by its owner only, and those of a fleet of nodes, followed. */
@NullMarked
package io.containerstatus.etcd;

import org.jspecify.annotations.NullMarked;
