package io.containerstatus.spring;

import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.json.StatusJacksonModule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The containers of a store or of a followed root, as maps that every JSON mapper writes alike. */
interface Containers {
    /** Returns all containers, ordered by id. */
    List<Map<String, Object>> list();

    /**
     * Returns the container with this id, or else the only container whose id begins with this text.
     *
     * @throws io.containerstatus.ContainerNotFoundException if there is no such container
     * @throws io.containerstatus.AmbiguousIdException if several ids begin with this text, and none is equal
     *     to it
     */
    Map<String, Object> find(String idOrPrefix);

    /** Creates the maps. */
    final class Form {
        private static final JsonMapper MAPPER =
                JsonMapper.builder().addModule(new StatusJacksonModule()).build();
        private static final TypeReference<LinkedHashMap<String, Object>> MAP = new TypeReference<>() {};

        private Form() {}

        static Map<String, Object> of(String id, Status status) {
            Map<String, Object> form = begin(id, status.state());
            form.put("current", MAPPER.convertValue(status, MAP));
            return form;
        }

        /** Returns the map of a container whose status cannot be used. */
        static Map<String, Object> of(String id, StatusException failure) {
            Map<String, Object> form = begin(id, ContainerState.UNKNOWN);
            form.put("failure", of(failure));
            return form;
        }

        static Map<String, Object> of(StatusException failure) {
            return MAPPER.convertValue(failure, MAP);
        }

        private static Map<String, Object> begin(String id, ContainerState state) {
            Map<String, Object> form = new LinkedHashMap<>();
            form.put("id", id);
            form.put("state", state.name());
            return form;
        }
    }
}
