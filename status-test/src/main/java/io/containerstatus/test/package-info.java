/**
 * Tools for tests: checkpoints in memory and a scheduler, both controlled by the test, and the contract that
 * every adapter must fulfil.
 */
@NullMarked
package io.containerstatus.test;

import org.jspecify.annotations.NullMarked;
