/** Statuses of one node on etcd, written by its owner only. */
@NullMarked
package io.containerstatus.etcd;

import org.jspecify.annotations.NullMarked;
