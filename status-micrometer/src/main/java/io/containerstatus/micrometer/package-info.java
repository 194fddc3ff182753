/**
 * The metrics of a store, of a follower and of a fleet's follower as Micrometer meters. No meter has a container id
 * as a tag, so the number of meters does not grow with the number of containers.
 *
 * <p>If several stores or followers use one registry, give each of them a tag of its own. Without such tags they
 * share their meters. Counters, timers and summaries then add up, and are removed when the last of the sharing
 * objects is closed. But a gauge shows only the store or follower that was registered first, and is removed when that
 * one is closed.
 *
 * <p>If null is passed to a method, it throws a {@link NullPointerException}, unless the parameter is marked
 * {@code @Nullable}.
 */
@NullMarked
package io.containerstatus.micrometer;

import org.jspecify.annotations.NullMarked;
