/** The results of a run, and the JSON, the page and the pictures that are made from them. */
@NullMarked
package io.containerstatus.benchmarks.report;

import org.jspecify.annotations.NullMarked;
