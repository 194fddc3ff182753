package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The value of the owner's key: a JSON object that describes the owner for a human reader. Only the identity
 * decides whether an owner may be replaced.
 */
final class OwnerRecord {
    private static final JsonFactory JSON = new JsonFactory();

    private OwnerRecord() {}

    static ByteString of(String identity, Instant since) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeStringProperty("identity", identity);
            json.writeStringProperty("host", host());
            json.writeNumberProperty("pid", ProcessHandle.current().pid());
            json.writeStringProperty("since", since.toString());
            json.writeEndObject();
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }

    /**
     * Returns the identity in the record; null if it is absent, such as in a value that another program has written.
     */
    static @Nullable String identityOf(ByteString record) {
        return members(record).get("identity");
    }

    /**
     * Returns the strings and integers in the record by name. If the record is not valid JSON, returns the
     * members before the error.
     */
    static Map<String, String> members(ByteString record) {
        Map<String, String> members = new HashMap<>();
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), record.toByteArray())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return members;
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NUMBER_INT) {
                    members.putIfAbsent(name, json.getString());
                }
                json.skipChildren();
            }
        } catch (JacksonException e) {
            // Another program has written this value.
        }
        return members;
    }

    /**
     * Returns the kernel's name for this machine. A name service is not asked, because it could block the
     * client's thread for long.
     */
    private static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
