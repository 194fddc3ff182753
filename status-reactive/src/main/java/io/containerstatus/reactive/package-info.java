/** The reactive store: Monos for updates, Fluxes of changes. */
@NullMarked
package io.containerstatus.reactive;

import org.jspecify.annotations.NullMarked;
