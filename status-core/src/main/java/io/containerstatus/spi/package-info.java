/** The port to the storage in which statuses survive the process. */
@NullMarked
package io.containerstatus.spi;

import org.jspecify.annotations.NullMarked;
