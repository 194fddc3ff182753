package io.containerstatus.json;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * Reads an object by its {@link JsonForm}. If the type rejects a value, the mapper reports a failure of
 * Jackson with the path of the field, as for any other document that cannot be read.
 */
final class FormDeserializer<T, B> extends StdDeserializer<T> {
    private final Class<T> type;
    private final JsonForm<T, B> form;

    FormDeserializer(Class<T> type, JsonForm<T, B> form) {
        super(type);
        this.type = type;
        this.form = form;
    }

    @Override
    public T deserialize(JsonParser in, DeserializationContext context) {
        if (!in.isExpectedStartObjectToken()) {
            return type.cast(context.handleUnexpectedToken(getValueType(context), in));
        }
        B target = form.start();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            JsonForm.Field<T, B> field = form.fields().get(name);
            in.nextToken();
            if (field == null) {
                handleUnknownProperty(in, context, type, name);
            } else {
                target = read(field, target, name, in, context);
            }
        }
        return form.end(target);
    }

    private B read(JsonForm.Field<T, B> field, B target, String name, JsonParser in, DeserializationContext context) {
        Throwable failure;
        try {
            return field.reader().read(target, in, context);
        } catch (JacksonException thrown) {
            failure = thrown;
        } catch (IllegalArgumentException thrown) {
            failure = context.instantiationException(type, thrown);
        }
        throw DatabindException.wrapWithPath(context, failure, new JacksonException.Reference(type, name));
    }
}
