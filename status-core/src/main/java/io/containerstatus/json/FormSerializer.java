package io.containerstatus.json;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes an object by its {@link JsonForm}. */
final class FormSerializer<T> extends StdSerializer<T> {
    private final JsonForm<T, ?> form;

    FormSerializer(Class<T> type, JsonForm<T, ?> form) {
        super(type);
        this.form = form;
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializationContext context) {
        out.writeStartObject(value);
        form.fields().forEach((name, field) -> {
            Object written = field.written().apply(value);
            if (written != null) {
                out.writePOJOProperty(name, written);
            }
        });
        out.writeEndObject();
    }
}
