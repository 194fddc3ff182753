package io.containerstatus.json;

import io.containerstatus.StatusException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes the type and the message of a failure. A client must not receive the stack trace and the cause. */
final class FailureSerializer extends StdSerializer<StatusException> {

    FailureSerializer() {
        super(StatusException.class);
    }

    @Override
    public void serialize(StatusException failure, JsonGenerator out, SerializationContext context) {
        out.writeStartObject(failure);
        out.writeStringProperty("type", failure.getClass().getSimpleName());
        out.writeStringProperty("message", failure.getMessage());
        out.writeEndObject();
    }
}
