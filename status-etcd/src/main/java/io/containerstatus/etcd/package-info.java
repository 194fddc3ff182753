/**
 * Container statuses on etcd. Only the owner of a node writes the node's statuses. A follower reads the
 * statuses of a whole fleet of nodes.
 */
@NullMarked
package io.containerstatus.etcd;

import org.jspecify.annotations.NullMarked;
