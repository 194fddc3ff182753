package io.containerstatus.reactive.json;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.containerstatus.json.StatusJacksonModule;
import io.containerstatus.reactive.RecoveredContainer;
import io.containerstatus.reactive.Recovery;
import io.containerstatus.reactive.StatusChange;
import java.util.List;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.ValueSerializerModifier;

/**
 * Lets a mapper read and write {@link StatusChange}, and write {@link Recovery}.
 * {@code JsonMapper.builder().findAndAddModules()} finds this module. It registers {@link StatusJacksonModule}, too,
 * which writes the other events.
 */
public final class StoreJacksonModule extends SimpleModule {
    private static final long serialVersionUID = 1L;

    /**
     * The state is ignored on reading, because it follows from the status. Everything else is read as for any record.
     */
    @JsonIgnoreProperties("state")
    private interface WithoutState {}

    /**
     * Replaces the serializer of {@link StatusJacksonModule} for changes of a store, and no serializer of the
     * application. A mapper asks the module that was registered last for a serializer first, and that may be
     * {@link StatusJacksonModule}, which has one for every change. So a serializer of this module may not be found.
     */
    private static final class ChangesOfAStore extends ValueSerializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public ValueSerializer<?> modifySerializer(
                SerializationConfig config, BeanDescription.Supplier type, ValueSerializer<?> found) {
            return type.getBeanClass() == StatusChange.class
                            && found.getClass().getPackage() == StatusJacksonModule.class.getPackage()
                    ? new StatusChangeSerializer()
                    : found;
        }
    }

    /** Creates the module. */
    public StoreJacksonModule() {
        super("container-status-store");
        addSerializer(Recovery.class, new RecoverySerializer());
        addSerializer(RecoveredContainer.class, new RecoveredContainerSerializer());
        setSerializerModifier(new ChangesOfAStore());
        setMixInAnnotation(StatusChange.class, WithoutState.class);
    }

    @Override
    public Iterable<? extends JacksonModule> getDependencies() {
        return List.of(new StatusJacksonModule());
    }
}
