package io.containerstatus;

/**
 * The store is closed, or is being closed, and accepted nothing. Operations accepted before still
 * finish.
 */
public final class StoreClosedException extends StatusException {
    private static final long serialVersionUID = 1L;

    /** Creates the failure. */
    public StoreClosedException() {
        super("the status store is closed");
    }
}
