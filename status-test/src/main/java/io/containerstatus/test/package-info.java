/** For tests: a place of statuses that obeys the test, a scheduler that does, and the contract of every adapter. */
@NullMarked
package io.containerstatus.test;

import org.jspecify.annotations.NullMarked;
