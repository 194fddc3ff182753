package io.containerstatus.json;

import io.containerstatus.CaughtUp;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Writes the end of a snapshot with a {@code kind}, as a change has it. So a reader can distinguish all
 * events by their {@code kind}.
 */
final class CaughtUpSerializer extends StdSerializer<CaughtUp> {

    CaughtUpSerializer() {
        super(CaughtUp.class);
    }

    @Override
    public void serialize(CaughtUp event, JsonGenerator out, SerializationContext context) {
        out.writeStartObject(event);
        out.writeStringProperty("kind", "CAUGHT_UP");
        out.writeEndObject();
    }
}
