package io.containerstatus.fs;

import io.containerstatus.CaughtUp;
import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.Status;
import io.containerstatus.StatusEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.scheduler.Schedulers;

/** A shared root with one container. An actor emits the changes of its files. Signals come on the actors' threads. */
final class SharedStage {
    private static final FollowSettings SETTINGS = new FollowSettings(
            Path.of("/root"),
            Duration.ofDays(1),
            Duration.ZERO,
            /* polling= */ false,
            StatusReader.DEFAULT_MAX_FILE_SIZE,
            Schedulers.immediate(),
            FollowerMetricsGuard.NONE,
            Thread::new);

    private final AtomicInteger readers = new AtomicInteger();
    private final SharedFollow follow = new SharedFollow(SETTINGS, Files::new);
    private volatile @Nullable Files files;

    /** One reader of the files. It emits the container at once, with the pid 1. */
    private final class Files implements SharedRoot.Source {
        private final CoreSubscriber<StatusEvent> root;
        private final AtomicInteger state = new AtomicInteger();

        Files(CoreSubscriber<StatusEvent> root) {
            this.root = root;
        }

        @Override
        public void start() {
            if (!state.compareAndSet(0, 1)) {
                return;
            }
            readers.incrementAndGet();
            files = this;
            root.onSubscribe(this);
            emit(Kind.SNAPSHOT, 1);
            root.onNext(new CaughtUp());
        }

        @Override
        public void request(long n) {}

        @Override
        public void cancel() {
            if (state.getAndSet(2) == 1) {
                readers.decrementAndGet();
            }
        }

        void emit(Kind kind, long pid) {
            root.onNext(new FollowedChange.WithStatus(
                    "web", kind, null, Status.builder().pid(pid).build(), null));
        }
    }

    /** Returns how many readers have begun and were not cancelled. */
    int readers() {
        return readers.get();
    }

    void subscribe(FollowWatcher watcher) {
        follow.subscribe(watcher, /* emitsSnapshotEnd= */ true);
    }

    void update(long pid) {
        Objects.requireNonNull(files).emit(Kind.UPDATED, pid);
    }

    void replace(long pid) {
        Files now = Objects.requireNonNull(files);
        now.root.onNext(new FollowedChange.Deleted("web", null));
        now.emit(Kind.CREATED, pid);
    }

    void fail() {
        Files now = Objects.requireNonNull(files);
        now.cancel();
        now.root.onError(new IllegalStateException("gone"));
    }

    /**
     * Records its signals as a word: {@code S1EU2} is a snapshot with the pid 1, the end of the snapshot,
     * and an update to the pid 2. A deletion is D, a creation C, an error X, no signal a dash. It is
     * deliberately not threadsafe.
     */
    static final class FollowWatcher implements CoreSubscriber<StatusEvent> {
        private final StringBuilder word = new StringBuilder();
        private final long firstDemand;
        private volatile @Nullable Subscription subscription;

        FollowWatcher(long firstDemand) {
            this.firstDemand = firstDemand;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            if (firstDemand > 0) {
                given.request(firstDemand);
            }
        }

        @Override
        public void onNext(StatusEvent event) {
            if (event instanceof FollowedChange change) {
                word.append(change.kind().name().charAt(0));
                Status current = change.current();
                word.append(current == null ? "-" : String.valueOf(current.pid()));
            } else {
                word.append('E');
            }
        }

        @Override
        public void onError(Throwable failure) {
            word.append('X');
        }

        @Override
        public void onComplete() {
            word.append('!');
        }

        void request(long n) {
            Objects.requireNonNull(subscription).request(n);
        }

        void cancel() {
            Objects.requireNonNull(subscription).cancel();
        }

        @Override
        public String toString() {
            return word.isEmpty() ? "-" : word.toString();
        }
    }
}
