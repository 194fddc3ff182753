package io.containerstatus.reactive;

import io.containerstatus.Status;
import io.containerstatus.StatusEvent;
import io.containerstatus.fs.internal.NamedSource;

/**
 * Gives the publishers of the store the names that {@link reactor.core.Scannable#steps()} shows: the names of
 * the methods that return them.
 */
final class Sources {
    private Sources() {}

    interface Open extends NamedSource<StatusStore> {
        @Override
        default String stepName() {
            return "StatusStore.open";
        }
    }

    interface Close extends NamedSource<Void> {
        @Override
        default String stepName() {
            return "StatusStore.close";
        }
    }

    interface Create extends NamedSource<StatusStorage> {
        @Override
        default String stepName() {
            return "StatusStore.create";
        }
    }

    interface StoreDelete extends NamedSource<Void> {
        @Override
        default String stepName() {
            return "StatusStore.delete";
        }
    }

    interface StoreChanges extends NamedSource<StatusChange> {
        @Override
        default String stepName() {
            return "StatusStore.changes";
        }
    }

    interface StoreEvents extends NamedSource<StatusEvent> {
        @Override
        default String stepName() {
            return "StatusStore.events";
        }
    }

    interface Update extends NamedSource<Status> {
        @Override
        default String stepName() {
            return "StatusStorage.update";
        }
    }

    interface UpdateSync extends NamedSource<Status> {
        @Override
        default String stepName() {
            return "StatusStorage.updateSync";
        }
    }

    interface Delete extends NamedSource<Void> {
        @Override
        default String stepName() {
            return "StatusStorage.delete";
        }
    }

    interface ContainerChanges extends NamedSource<StatusChange> {
        @Override
        default String stepName() {
            return "StatusStorage.changes";
        }
    }

    interface ContainerEvents extends NamedSource<StatusEvent> {
        @Override
        default String stepName() {
            return "StatusStorage.events";
        }
    }

    interface Await extends NamedSource<Status> {
        @Override
        default String stepName() {
            return "StatusStorage.await";
        }
    }
}
