/**
 * A process supervisor on the public API, to be read as a tutorial: {@link io.containerstatus.examples.Supervisor} first,
 * then the two classes it stands on, then {@link io.containerstatus.examples.Main}, the only one that blocks.
 */
@NullMarked
package io.containerstatus.examples;

import org.jspecify.annotations.NullMarked;
