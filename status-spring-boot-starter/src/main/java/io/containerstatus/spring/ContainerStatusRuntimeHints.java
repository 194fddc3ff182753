package io.containerstatus.spring;

import io.containerstatus.reactive.StatusChange;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Registers the types that Jackson reads by reflection in a native image: changes, which it reads as records.
 * It writes and reads statuses, resources and failures without reflection.
 */
final class ContainerStatusRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        new BindingReflectionHintsRegistrar().registerReflectionHints(hints.reflection(), StatusChange.class);
    }
}
