package io.containerstatus.json;

import io.containerstatus.ContainerChange;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes a change of any source, with the properties that every source has. */
final class ChangeSerializer extends StdSerializer<ContainerChange> {

    ChangeSerializer() {
        super(ContainerChange.class);
    }

    @Override
    public void serialize(ContainerChange change, JsonGenerator out, SerializationContext context) {
        out.writeStartObject(change);
        writeIfSet(out, "node", change.node());
        out.writeStringProperty("id", change.id());
        out.writeStringProperty("kind", change.kind().name());
        out.writeStringProperty("state", change.state().name());
        // In ISO 8601, even if the mapper writes other times in another format.
        Instant at = change.at();
        writeIfSet(out, "at", at == null ? null : at.toString());
        writeIfSet(out, "previous", change.previous());
        writeIfSet(out, "current", change.current());
        writeIfSet(out, "failure", change.failure());
        out.writeEndObject();
    }

    private static void writeIfSet(JsonGenerator out, String name, @Nullable Object value) {
        if (value != null) {
            out.writePOJOProperty(name, value);
        }
    }
}
