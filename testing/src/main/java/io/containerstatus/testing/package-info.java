/** File systems that a test has in its hand: they fail, wait, and lose what was not synced. */
@NullMarked
package io.containerstatus.testing;

import org.jspecify.annotations.NullMarked;
