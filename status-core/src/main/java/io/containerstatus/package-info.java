/**
 * The status of a container: its model, its legal transitions, containerd's wire format, and every failure
 * that the library reports.
 *
 * <p>If null is passed to the model, the transitions or the codec, they throw a {@link NullPointerException},
 * unless the parameter is marked {@code @Nullable}.
 */
@NullMarked
package io.containerstatus;

import org.jspecify.annotations.NullMarked;
