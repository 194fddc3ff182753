package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * The root of every failure that this library reports. The permitted classes are named by what the
 * caller may conclude; each carries its data as accessors. Exceptions thrown by the caller's own
 * functions are never wrapped in one.
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
