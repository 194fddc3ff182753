/**
 * The reactive store: Monos for updates, Fluxes of changes.
 *
 * <p>Null passed to a method is a {@link NullPointerException} at the call, unless the parameter is marked
 * {@code @Nullable}, and a number out of its range an {@link IllegalArgumentException}. Every other refusal of an
 * operation is an error signal.
 */
@NullMarked
package io.containerstatus.reactive;

import org.jspecify.annotations.NullMarked;
