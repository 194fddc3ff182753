/**
 * What the tests of several modules need: file systems in the test's hand, which fail, wait, and lose what was not synced;
 * and other processes, with the kernel's own faults.
 */
@NullMarked
package io.containerstatus.testing;

import org.jspecify.annotations.NullMarked;
