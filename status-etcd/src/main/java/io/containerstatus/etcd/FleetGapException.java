package io.containerstatus.etcd;

/** What etcd says does not follow on what was heard of it: only a new snapshot tells how things stand. */
final class FleetGapException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FleetGapException(String reason) {
        super(reason);
    }
}
