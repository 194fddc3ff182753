package io.containerstatus.reactive.json;

import io.containerstatus.reactive.StatusChange;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes a change of a store: the properties that a change of every source has, and those that only a store has. */
final class StatusChangeSerializer extends StdSerializer<StatusChange> {

    StatusChangeSerializer() {
        super(StatusChange.class);
    }

    @Override
    public void serialize(StatusChange change, JsonGenerator out, SerializationContext context) {
        out.writeStartObject(change);
        out.writeStringProperty("id", change.id());
        out.writeStringProperty("kind", change.kind().name());
        out.writeStringProperty("state", change.state().name());
        out.writeNumberProperty("revision", change.revision());
        out.writeBooleanProperty("durable", change.durable());
        out.writeNumberProperty("skipped", change.skipped());
        SetFields.write(out, "previous", change.previous());
        SetFields.write(out, "current", change.current());
        out.writeEndObject();
    }
}
