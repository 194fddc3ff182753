/** What a run found, and the JSON, the page and the pictures that are made of it. */
@NullMarked
package io.containerstatus.benchmarks.report;

import org.jspecify.annotations.NullMarked;
