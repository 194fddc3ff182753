/**
 * Durable status files: a folder for each container, in which the status is replaced atomically and synced to the
 * disk. This package also has an optional journal in front of the files, and a follower of files that another
 * process writes.
 *
 * <p>If a method gets null for a parameter that is not marked {@code @Nullable}, the call throws
 * {@link NullPointerException}. If a setting is out of its range, its setter throws {@link IllegalArgumentException}.
 * Every other failure of an operation is signalled as an error.
 */
@NullMarked
package io.containerstatus.fs;

import org.jspecify.annotations.NullMarked;
