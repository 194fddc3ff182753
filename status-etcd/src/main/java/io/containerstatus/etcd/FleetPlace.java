package io.containerstatus.etcd;

/**
 * A container of a fleet, from its creation to its deletion. One of the same id that is created later is another one. What
 * stands is changed on the client's worker, and read on any thread.
 */
final class FleetPlace {
    private final FleetNode node;
    private final String id;
    private volatile FleetDocument now;

    FleetPlace(FleetNode node, String id, FleetDocument now) {
        this.node = node;
        this.id = id;
        this.now = now;
    }

    FleetNode node() {
        return node;
    }

    String id() {
        return id;
    }

    /** Returns what stands now, or what was left by the deletion. */
    FleetDocument now() {
        return now;
    }

    void set(FleetDocument next) {
        now = next;
    }
}
