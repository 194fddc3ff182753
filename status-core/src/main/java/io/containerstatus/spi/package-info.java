/** The port behind which statuses outlive the process. */
@NullMarked
package io.containerstatus.spi;

import org.jspecify.annotations.NullMarked;
