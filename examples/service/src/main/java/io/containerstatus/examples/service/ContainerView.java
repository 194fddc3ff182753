package io.containerstatus.examples.service;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.containerstatus.ContainerChange;
import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * A container, as the API and the events show it.
 *
 * @param current the status; null if there is no usable status
 * @param problem human-readable: why the status cannot be used; null if nothing is wrong
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ContainerView(
        String id,
        ContainerState state,
        @Nullable Status current,
        @Nullable String problem) {

    static ContainerView of(String id, Status current) {
        return new ContainerView(id, current.state(), current, null);
    }

    static ContainerView unusable(String id, String problem) {
        return new ContainerView(id, ContainerState.UNKNOWN, null, problem);
    }

    static ContainerView of(ContainerChange change) {
        StatusException failure = change.failure();
        return new ContainerView(
                change.id(), change.state(), change.current(), failure == null ? null : failure.getMessage());
    }
}
