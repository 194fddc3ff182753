/**
 * A process supervisor on the public API, to be read as a tutorial: {@link io.containerstatus.examples.Supervisor} first,
 * then {@link io.containerstatus.examples.GatedProcess} and {@link io.containerstatus.examples.ProcessIdentity}, on which
 * it stands, then {@link io.containerstatus.examples.Main}, the only one that blocks.
 */
@NullMarked
package io.containerstatus.examples;

import org.jspecify.annotations.NullMarked;
