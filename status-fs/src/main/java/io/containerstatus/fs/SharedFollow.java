package io.containerstatus.fs;

import io.containerstatus.StatusEvent;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * Shares one reader of a root among many subscribers. The first subscriber begins a {@link SharedRoot}. When the last
 * subscriber leaves, the root ends. A subscriber that comes after a root has ended or failed begins a new one. This
 * class is threadsafe.
 */
final class SharedFollow {
    private final FollowSettings settings;
    private final Function<CoreSubscriber<StatusEvent>, SharedRoot.Source> sources;
    /** The root that is read; null if there is none. Guarded by this. */
    private @Nullable SharedRoot current;

    SharedFollow(FollowSettings settings) {
        this(settings, root -> new FollowSubscription(root, settings, /* emitsSnapshotEnd= */ true));
    }

    /** {@code sources} creates the source of a root's file changes. */
    SharedFollow(FollowSettings settings, Function<CoreSubscriber<StatusEvent>, SharedRoot.Source> sources) {
        this.settings = settings;
        this.sources = sources;
    }

    void subscribe(CoreSubscriber<? super StatusEvent> subscriber, boolean emitsSnapshotEnd) {
        SharedSubscription subscription;
        try {
            subscription = join(subscriber, emitsSnapshotEnd);
        } catch (Throwable thrown) {
            Operators.error(subscriber, thrown);
            return;
        }
        try {
            subscriber.onSubscribe(subscription);
        } catch (Throwable thrown) {
            subscription.cancel();
            throw thrown;
        }
        subscription.start();
    }

    private synchronized SharedSubscription join(
            CoreSubscriber<? super StatusEvent> subscriber, boolean emitsSnapshotEnd) {
        SharedRoot root = current;
        if (root != null) {
            SharedSubscription late = new SharedSubscription(subscriber, root, emitsSnapshotEnd);
            if (root.add(late)) {
                return late;
            }
        }
        SharedRoot begun = new SharedRoot(this, settings, sources);
        SharedSubscription first = new SharedSubscription(subscriber, begun, emitsSnapshotEnd);
        begun.add(first);
        current = begun;
        return first;
    }

    /** Forgets a root that has ended. */
    synchronized void forget(SharedRoot ended) {
        if (current == ended) {
            current = null;
        }
    }
}
