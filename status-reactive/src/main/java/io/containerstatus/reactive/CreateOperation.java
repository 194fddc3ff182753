package io.containerstatus.reactive;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.Status;
import reactor.core.CoreSubscriber;

/** Creates a container. */
final class CreateOperation extends Operation<StatusStorage> {
    private final Status status;

    CreateOperation(CoreSubscriber<? super StatusStorage> actual, Status status) {
        super(actual);
        this.status = status;
    }

    @Override
    void execute(ContainerLane lane, Batch batch, LaneRun run) {
        if (batch.tip().isGone()) {
            run.moved(this);
            return;
        }
        try {
            if (batch.tip().isLive()) {
                throw new AlreadyExistsException(lane.id());
            }
            lane.requireStorable(status);
        } catch (Throwable thrown) {
            run.noteIfFatal(thrown);
            run.failed(this, thrown);
            return;
        }
        succeed(lane);
        batch.join(this, Commit.created(status));
    }

    @Override
    OperationKind kind() {
        return OperationKind.CREATE;
    }
}
