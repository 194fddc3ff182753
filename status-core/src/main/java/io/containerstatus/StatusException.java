package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * The superclass of every failure that this library reports. The name of each subclass says what the caller
 * may conclude, and its accessors return the details. If a function of the caller throws, its exception is
 * never wrapped in a {@code StatusException}.
 */
public abstract sealed class StatusException extends RuntimeException
        permits AlreadyExistsException,
                AmbiguousIdException,
                ContainerDeletedException,
                ContainerNotFoundException,
                ContainerOutOfUseException,
                CorruptStatusException,
                IllegalTransitionException,
                IncompatibleDependencyException,
                IndeterminateWriteException,
                InvalidContainerIdException,
                InvalidRootException,
                NotWrittenException,
                PendingUpdatesExceededException,
                RevisionConflictException,
                RootLockedException,
                StatusTooLargeException,
                StoreClosedException,
                SubscriberLaggedException,
                UnreadableStatusException,
                UnsupportedVersionException,
                WatchLimitExceededException {
    private static final long serialVersionUID = 1L;

    StatusException(String message) {
        super(message);
    }

    StatusException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
