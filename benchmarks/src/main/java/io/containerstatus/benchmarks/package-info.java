/** Measurements of the store and the codec, and of the alternatives that they are compared with, on JMH. */
@NullMarked
package io.containerstatus.benchmarks;

import org.jspecify.annotations.NullMarked;
