/** Measurements of the store, of the codec and of what they are compared with, on JMH. */
@NullMarked
package io.containerstatus.benchmarks;

import org.jspecify.annotations.NullMarked;
