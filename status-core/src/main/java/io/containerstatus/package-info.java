/**
 * The status of a container: its model, its legal transitions, containerd's wire format, and every
 * failure that the library reports.
 *
 * <p>Null is a {@link NullPointerException} in the model, the transitions and the codec, unless the parameter is marked
 * {@code @Nullable}.
 */
@NullMarked
package io.containerstatus;

import org.jspecify.annotations.NullMarked;
