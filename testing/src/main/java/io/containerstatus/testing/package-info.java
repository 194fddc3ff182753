/**
 * Tools for the tests of several modules. A test controls their file systems: they fail, wait, and lose what was not
 * synced. Other tools start child processes, and cause real faults of the kernel.
 */
@NullMarked
package io.containerstatus.testing;

import org.jspecify.annotations.NullMarked;
