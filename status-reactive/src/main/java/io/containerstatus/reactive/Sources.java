package io.containerstatus.reactive;

import io.containerstatus.Status;
import io.containerstatus.fs.internal.NamedSource;

/** The names under which {@link reactor.core.Scannable#steps()} shows the publishers of the store: those of their methods. */
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

    interface Await extends NamedSource<Status> {
        @Override
        default String stepName() {
            return "StatusStorage.await";
        }
    }
}
