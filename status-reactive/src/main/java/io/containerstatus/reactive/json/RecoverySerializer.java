package io.containerstatus.reactive.json;

import io.containerstatus.reactive.Recovery;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes the result of an opening. */
final class RecoverySerializer extends StdSerializer<Recovery> {

    RecoverySerializer() {
        super(Recovery.class);
    }

    @Override
    public void serialize(Recovery recovery, JsonGenerator out, SerializationContext context) {
        out.writeStartObject(recovery);
        out.writeBooleanProperty("writable", recovery.writable());
        SetFields.write(out, "readOnlyReason", recovery.readOnlyReason());
        SetFields.write(out, "weakerPromise", recovery.weakerPromise());
        out.writePOJOProperty("containers", recovery.containers());
        out.writePOJOProperty("leftovers", recovery.leftovers());
        out.writePOJOProperty("damage", recovery.damage());
        out.writeEndObject();
    }
}
