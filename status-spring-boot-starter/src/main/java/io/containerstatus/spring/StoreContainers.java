package io.containerstatus.spring;

import io.containerstatus.StatusException;
import io.containerstatus.reactive.RecoveredContainer;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The containers of a store. */
final class StoreContainers implements Containers {
    private final StatusStore store;

    StoreContainers(StatusStore store) {
        this.store = store;
    }

    @Override
    public List<Map<String, Object>> list() {
        Map<String, StatusException> failures = failures();
        return store.list().stream().map(container -> form(container, failures)).toList();
    }

    @Override
    public Map<String, Object> find(String idOrPrefix) {
        return form(store.find(idOrPrefix), failures());
    }

    private static Map<String, Object> form(StatusStorage container, Map<String, StatusException> failures) {
        Map<String, Object> form = Form.of(container.id(), container.current());
        form.put("revision", container.revision());
        StatusException failure = failures.get(container.id());
        if (failure != null) {
            form.put("failure", Form.of(failure));
        }
        return form;
    }

    private Map<String, StatusException> failures() {
        Map<String, StatusException> failures = new HashMap<>();
        for (RecoveredContainer one : Unrecovered.of(store)) {
            StatusException failure = one.failure();
            if (failure != null) {
                failures.put(one.id(), failure);
            }
        }
        return failures;
    }
}
