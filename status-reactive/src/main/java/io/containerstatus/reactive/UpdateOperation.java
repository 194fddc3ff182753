package io.containerstatus.reactive;

import io.containerstatus.ContainerDeletedException;
import io.containerstatus.RevisionConflictException;
import io.containerstatus.Status;
import java.util.Objects;
import java.util.function.UnaryOperator;
import reactor.core.CoreSubscriber;

/** An update, in memory or synced, at any revision or at one. */
final class UpdateOperation extends Operation<Status> {
    static final long ANY_REVISION = 0;

    private final UnaryOperator<Status> update;
    private final boolean synced;
    private final long expectedRevision;

    UpdateOperation(
            CoreSubscriber<? super Status> actual,
            UnaryOperator<Status> update,
            boolean synced,
            long expectedRevision) {
        super(actual);
        this.update = update;
        this.synced = synced;
        this.expectedRevision = expectedRevision;
    }

    @Override
    OperationKind kind() {
        return OperationKind.UPDATE;
    }

    @Override
    boolean isExclusive() {
        return false;
    }

    @Override
    boolean isSynced() {
        return synced;
    }

    /** Runs the caller's function; throws what it throws. */
    Status apply(String id, Commit tip) {
        if (!tip.isLive()) {
            throw new ContainerDeletedException(id);
        }
        if (expectedRevision != ANY_REVISION && expectedRevision != tip.revision()) {
            throw new RevisionConflictException(id, expectedRevision, tip.revision());
        }
        return Objects.requireNonNull(update.apply(tip.status()), "the update function returned null");
    }
}
