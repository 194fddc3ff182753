package io.containerstatus.reactive.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes fields that may be absent. */
final class SetFields {
    private SetFields() {}

    /** Writes the field if there is a value. */
    static void write(JsonGenerator out, String name, @Nullable Object value) {
        if (value != null) {
            out.writePOJOProperty(name, value);
        }
    }
}
