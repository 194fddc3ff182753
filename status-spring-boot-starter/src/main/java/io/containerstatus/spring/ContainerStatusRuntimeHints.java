package io.containerstatus.spring;

import io.containerstatus.reactive.StatusChange;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * What Jackson reads by reflection in a native image: changes are read as records. Statuses, resources and failures are written
 * and read without reflection.
 */
final class ContainerStatusRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        new BindingReflectionHintsRegistrar().registerReflectionHints(hints.reflection(), StatusChange.class);
    }
}
