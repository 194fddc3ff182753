package io.containerstatus.reactive.json;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.containerstatus.ContainerChange;
import io.containerstatus.json.StatusJacksonModule;
import io.containerstatus.reactive.RecoveredContainer;
import io.containerstatus.reactive.Recovery;
import io.containerstatus.reactive.StatusChange;
import java.util.List;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.module.SimpleModule;

/**
 * Has a mapper read and write {@link StatusChange}, and write {@link Recovery} and the changes that a follower tells. Found by
 * {@code JsonMapper.builder().findAndAddModules()}. Brings {@link StatusJacksonModule} with it.
 */
public final class StoreJacksonModule extends SimpleModule {
    private static final long serialVersionUID = 1L;

    /** The state follows from the status. Everything else is read as any record is. */
    @JsonIgnoreProperties("state")
    private interface WithoutState {}

    /** Creates the module. */
    public StoreJacksonModule() {
        super("container-status-store");
        addSerializer(ContainerChange.class, new ChangeSerializer());
        addSerializer(Recovery.class, new RecoverySerializer());
        addSerializer(RecoveredContainer.class, new RecoveredContainerSerializer());
        setMixInAnnotation(StatusChange.class, WithoutState.class);
    }

    @Override
    public Iterable<? extends JacksonModule> getDependencies() {
        return List.of(new StatusJacksonModule());
    }
}
