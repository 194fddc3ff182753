/**
 * Statuses as JSON for a mapper of Jackson, as over HTTP. The form is described in {@code docs/json.md}. It has nothing to do
 * with that of the files, which is {@link io.containerstatus.StatusCodec}'s.
 */
@NullMarked
package io.containerstatus.json;

import org.jspecify.annotations.NullMarked;
