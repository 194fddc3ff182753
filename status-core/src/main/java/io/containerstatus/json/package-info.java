/**
 * Statuses, events and failures as JSON for a Jackson mapper, for example to send them over HTTP.
 * {@code docs/json.md} describes this format. It differs from the format of the files, which
 * {@link io.containerstatus.StatusCodec} reads and writes.
 */
@NullMarked
package io.containerstatus.json;

import org.jspecify.annotations.NullMarked;
