package io.containerstatus.etcd;

/**
 * The entry of a container in a fleet, from its creation to its deletion. A container that is created later
 * with the same id has another entry. The document is changed on the client's worker only, and may be read on
 * any thread.
 */
final class FleetEntry {
    private final FleetNode node;
    private final String id;
    private volatile FleetDocument now;

    FleetEntry(FleetNode node, String id, FleetDocument now) {
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

    /** Returns the current document, or what remains of it after the deletion. */
    FleetDocument now() {
        return now;
    }

    void set(FleetDocument next) {
        now = next;
    }
}
