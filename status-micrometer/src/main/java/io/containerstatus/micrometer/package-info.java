/**
 * The metrics of a store and of a follower as meters of Micrometer. No meter has the id of a container as a tag: their
 * number does not grow with that of the containers.
 *
 * <p>The meters of two stores on one registry are the same ones, and add up, unless each store is given a tag of its own.
 * Gauges do not add up: there the store that was bound first is the one that is seen. Closing the recorder or the binder of
 * one store removes the meters of the other, too.
 *
 * <p>Null passed to a method is a {@link NullPointerException}.
 */
@NullMarked
package io.containerstatus.micrometer;

import org.jspecify.annotations.NullMarked;
