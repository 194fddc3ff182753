package io.containerstatus;

/**
 * The store is closed or being closed, and did not accept the operation. Operations that were accepted before
 * still finish.
 */
public final class StoreClosedException extends StatusException {
    private static final long serialVersionUID = 1L;

    /** Creates the failure. */
    public StoreClosedException() {
        super("the status store is closed");
    }
}
