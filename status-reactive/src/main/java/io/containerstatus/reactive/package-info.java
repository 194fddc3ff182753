/**
 * The reactive store: Monos for updates, Fluxes of changes.
 *
 * <p>A null argument throws a {@link NullPointerException} at the call, unless the parameter is marked
 * {@code @Nullable}. A number outside its range throws an {@link IllegalArgumentException} at the call. Every
 * other refusal is an error signal, unless the method documents an exception.
 */
@NullMarked
package io.containerstatus.reactive;

import org.jspecify.annotations.NullMarked;
