package io.containerstatus.reactive.json;

import io.containerstatus.reactive.RecoveredContainer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes the result of the recovery for one container. */
final class RecoveredContainerSerializer extends StdSerializer<RecoveredContainer> {

    RecoveredContainerSerializer() {
        super(RecoveredContainer.class);
    }

    @Override
    public void serialize(RecoveredContainer one, JsonGenerator out, SerializationContext context) {
        out.writeStartObject(one);
        out.writeStringProperty("id", one.id());
        out.writeStringProperty("outcome", one.outcome().name());
        if (one instanceof RecoveredContainer.Recovered recovered) {
            out.writeBooleanProperty("fromJournal", recovered.fromJournal());
        }
        SetFields.write(out, "failure", one.failure());
        out.writeEndObject();
    }
}
