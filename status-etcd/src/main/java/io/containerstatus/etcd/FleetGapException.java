package io.containerstatus.etcd;

/**
 * The answer of etcd does not continue what was received before. Only a new snapshot shows the current state.
 */
final class FleetGapException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FleetGapException(String reason) {
        super(reason);
    }
}
