/**
 * The status of a container: its model, its legal transitions, containerd's wire format, and every
 * failure that the library reports.
 */
@NullMarked
package io.containerstatus;

import org.jspecify.annotations.NullMarked;
