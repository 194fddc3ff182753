/**
 * Durable checkpoint files: one folder a container, replaced atomically, synced to the disk.
 *
 * <p>Null passed to a method is a {@link NullPointerException} at the call, unless the parameter is marked
 * {@code @Nullable}, and a setting out of its range an {@link IllegalArgumentException}. Every other refusal of an
 * operation is an error signal.
 */
@NullMarked
package io.containerstatus.fs;

import org.jspecify.annotations.NullMarked;
