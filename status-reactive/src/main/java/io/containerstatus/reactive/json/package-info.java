/**
 * Changes of a store and recoveries as JSON for a mapper of Jackson, for example to send them over HTTP. The form
 * is described in {@code docs/json.md}.
 */
@NullMarked
package io.containerstatus.reactive.json;

import org.jspecify.annotations.NullMarked;
