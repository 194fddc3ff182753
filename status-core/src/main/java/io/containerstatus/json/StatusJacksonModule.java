package io.containerstatus.json;

import io.containerstatus.ContainerResources;
import io.containerstatus.HugepageLimit;
import io.containerstatus.LinuxContainerResources;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.WindowsContainerResources;
import io.containerstatus.WindowsCpuGroupAffinity;
import tools.jackson.databind.module.SimpleModule;

/**
 * Has a mapper read and write {@link Status}, its resources and their parts, and write every {@link StatusException} as its
 * type and message. Found by {@code JsonMapper.builder().findAndAddModules()}.
 */
public final class StatusJacksonModule extends SimpleModule {
    private static final long serialVersionUID = 1L;

    /** Creates the module. */
    public StatusJacksonModule() {
        super("container-status");
        add(Status.class, JsonForms.STATUS);
        add(ContainerResources.class, JsonForms.RESOURCES);
        add(LinuxContainerResources.class, JsonForms.LINUX);
        add(HugepageLimit.class, JsonForms.HUGEPAGE_LIMIT);
        add(WindowsContainerResources.class, JsonForms.WINDOWS);
        add(WindowsCpuGroupAffinity.class, JsonForms.AFFINITY);
        addSerializer(StatusException.class, new FailureSerializer());
    }

    private <T> void add(Class<T> type, JsonForm<T, ?> form) {
        addSerializer(type, new FormSerializer<>(type, form));
        addDeserializer(type, new FormDeserializer<>(type, form));
    }
}
