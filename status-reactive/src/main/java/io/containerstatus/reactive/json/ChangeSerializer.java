package io.containerstatus.reactive.json;

import io.containerstatus.ContainerChange;
import io.containerstatus.reactive.StatusChange;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes a change of any source; of a store's, also what only a store knows. */
final class ChangeSerializer extends StdSerializer<ContainerChange> {

    ChangeSerializer() {
        super(ContainerChange.class);
    }

    @Override
    public void serialize(ContainerChange change, JsonGenerator out, SerializationContext context) {
        out.writeStartObject(change);
        SetFields.write(out, "node", change.node());
        out.writeStringProperty("id", change.id());
        out.writeStringProperty("kind", change.kind().name());
        out.writeStringProperty("state", change.state().name());
        if (change instanceof StatusChange ofStore) {
            out.writeNumberProperty("revision", ofStore.revision());
            out.writeBooleanProperty("durable", ofStore.durable());
            out.writeNumberProperty("skipped", ofStore.skipped());
        }
        SetFields.write(out, "previous", change.previous());
        SetFields.write(out, "current", change.current());
        SetFields.write(out, "failure", change.failure());
        out.writeEndObject();
    }
}
