package io.containerstatus.spring;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Lets the start fail with the name of the property whose value cannot be used. */
final class Settings {
    private Settings() {}

    /**
     * Passes the value of a property to a setter of a builder. If the setter rejects the value, the failure names the
     * property.
     *
     * @param name the property, without the prefix of the starter
     */
    static <T> void set(String name, T value, Consumer<T> setter) {
        try {
            setter.accept(value);
        } catch (IllegalArgumentException rejected) {
            throw unusable(name, value, "It is out of its range: " + rejected.getMessage() + ".");
        }
    }

    /**
     * Returns the failure of the start. Boot reports it without a stack trace, and says where the property is set.
     *
     * @param name the property, without the prefix of the starter
     * @param value the value; null if the property is not set
     * @param reason a sentence
     */
    static InvalidConfigurationPropertyValueException unusable(String name, @Nullable Object value, String reason) {
        return new InvalidConfigurationPropertyValueException("container-status." + name, value, reason);
    }
}
