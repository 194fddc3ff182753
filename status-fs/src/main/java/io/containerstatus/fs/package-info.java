/** Durable checkpoint files: one folder a container, replaced atomically, synced to the disk. */
@NullMarked
package io.containerstatus.fs;

import org.jspecify.annotations.NullMarked;
