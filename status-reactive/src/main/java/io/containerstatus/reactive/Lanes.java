package io.containerstatus.reactive;

import io.containerstatus.AmbiguousIdException;
import io.containerstatus.ContainerNotFoundException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of one store, sorted by id. The ids with a common prefix are adjacent, so a search reads no others.
 */
final class Lanes {
    /** How many ids are reported at most for an ambiguous prefix. */
    private static final int MATCHES_SHOWN = 5;

    private final ConcurrentNavigableMap<String, ContainerLane> byId;

    Lanes() {
        this(new ConcurrentSkipListMap<>());
    }

    Lanes(ConcurrentNavigableMap<String, ContainerLane> byId) {
        this.byId = byId;
    }

    void add(ContainerLane lane) {
        byId.put(lane.id(), lane);
    }

    /** Returns the lane of the id. Adds a new one if it is absent. */
    ContainerLane getOrAdd(String id, Function<String, ContainerLane> fresh) {
        ContainerLane lane = byId.get(id);
        if (lane != null) {
            return lane;
        }
        ContainerLane added = fresh.apply(id);
        ContainerLane other = byId.putIfAbsent(id, added);
        return other != null ? other : added;
    }

    /** Removes the lane, unless another one has replaced it already. */
    void remove(ContainerLane lane) {
        byId.remove(lane.id(), lane);
    }

    Collection<ContainerLane> all() {
        return byId.values();
    }

    /** Returns the lanes of the existing containers whose id begins with the prefix, ordered by id. */
    Stream<ContainerLane> live(String prefix) {
        return beginningWith(prefix).values().stream()
                .filter(lane -> lane.committed().isLive());
    }

    /** Returns the lane of the container of this id, or null if the container does not exist. */
    @Nullable
    ContainerLane get(String id) {
        ContainerLane lane = byId.get(id);
        return lane != null && lane.committed().isLive() ? lane : null;
    }

    ContainerLane find(String idOrPrefix) {
        ContainerLane exact = get(idOrPrefix);
        if (exact != null) {
            return exact;
        }
        List<Map.Entry<String, ContainerLane>> matches = new ArrayList<>();
        for (Map.Entry<String, ContainerLane> one : beginningWith(idOrPrefix).entrySet()) {
            if (one.getValue().committed().isLive()) {
                matches.add(one);
            }
            if (matches.size() > MATCHES_SHOWN) {
                break;
            }
        }
        if (matches.isEmpty()) {
            throw new ContainerNotFoundException(idOrPrefix);
        }
        if (matches.size() > 1) {
            List<String> shown =
                    matches.stream().limit(MATCHES_SHOWN).map(Map.Entry::getKey).toList();
            throw new AmbiguousIdException(idOrPrefix, shown, /* more= */ matches.size() > MATCHES_SHOWN);
        }
        return matches.get(0).getValue();
    }

    private ConcurrentNavigableMap<String, ContainerLane> beginningWith(String prefix) {
        // No id contains this character, and all characters of ids sort before it.
        return prefix.isEmpty() ? byId : byId.subMap(prefix, prefix + Character.MAX_VALUE);
    }
}
