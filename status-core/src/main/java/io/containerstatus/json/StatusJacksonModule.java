package io.containerstatus.json;

import io.containerstatus.CaughtUp;
import io.containerstatus.ContainerChange;
import io.containerstatus.ContainerResources;
import io.containerstatus.HugepageLimit;
import io.containerstatus.LinuxContainerResources;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.WindowsContainerResources;
import io.containerstatus.WindowsCpuGroupAffinity;
import tools.jackson.databind.module.SimpleModule;

/**
 * Makes a Jackson mapper read and write {@link Status}, its resources and their parts. A component that is not set is
 * not written, and a missing or null member is read as "not set". If a value is out of range, the mapper throws a
 * {@code JacksonException} with the path of the member. The mapper also writes every {@link ContainerChange},
 * {@link CaughtUp}, and every {@link StatusException}, as its type and message, but cannot read them.
 * {@code JsonMapper.builder().findAndAddModules()} finds this module.
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
        addSerializer(ContainerChange.class, new ChangeSerializer());
        addSerializer(CaughtUp.class, new CaughtUpSerializer());
        addSerializer(StatusException.class, new FailureSerializer());
    }

    private <T> void add(Class<T> type, JsonForm<T, ?> form) {
        addSerializer(type, new FormSerializer<>(type, form));
        addDeserializer(type, new FormDeserializer<>(type, form));
    }
}
