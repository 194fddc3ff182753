package io.containerstatus.spring;

import io.containerstatus.AmbiguousIdException;
import io.containerstatus.ContainerNotFoundException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/** Shows the current containers, in the form of {@code docs/json.md}. */
@Endpoint(id = "containers")
final class ContainersEndpoint {
    private final Containers containers;

    ContainersEndpoint(Containers containers) {
        this.containers = containers;
    }

    /** Returns all containers, ordered by id. */
    @ReadOperation
    Map<String, List<Map<String, Object>>> containers() {
        return Map.of("containers", containers.list());
    }

    /**
     * Returns the container with this id, or else the only container whose id begins with this text; null if
     * there is none. If several ids begin with it, the request is invalid.
     */
    @ReadOperation
    @Nullable
    Map<String, Object> container(@Selector String idOrPrefix) {
        try {
            return containers.find(idOrPrefix);
        } catch (ContainerNotFoundException none) {
            return null;
        } catch (AmbiguousIdException several) {
            throw new InvalidEndpointRequestException(
                    String.valueOf(several.getMessage()), several.getMessage(), several);
        }
    }
}
