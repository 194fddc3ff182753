package io.containerstatus;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/**
 * Reads a whole document that is an object. It goes to the end before it judges: a breach of JSON's syntax anywhere
 * tells more than the version, and the version more than a single value.
 */
final class StatusDeserializer extends ValueDeserializer<Status> {
    @Override
    public Status deserialize(JsonParser parser, DeserializationContext context) {
        WireReader in = new WireReader(parser);
        Status.Builder status = WireFormat.STATUS.readFields(in);
        in.requireEnd();
        in.requireGood();
        return status.build();
    }
}
