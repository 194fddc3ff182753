/**
 * A process supervisor on the public API, as a tutorial. First read
 * {@link io.containerstatus.examples.Supervisor}. Then read {@link io.containerstatus.examples.GatedProcess}
 * and {@link io.containerstatus.examples.ProcessIdentity}, which it uses, and
 * {@link io.containerstatus.examples.Main}, the only class that blocks.
 */
@NullMarked
package io.containerstatus.examples;

import org.jspecify.annotations.NullMarked;
