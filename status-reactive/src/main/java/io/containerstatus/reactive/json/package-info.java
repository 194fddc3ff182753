/**
 * Changes and recoveries as JSON for a mapper of Jackson, as over HTTP. The form is described in {@code docs/json.md}.
 */
@NullMarked
package io.containerstatus.reactive.json;

import org.jspecify.annotations.NullMarked;
