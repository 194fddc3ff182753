package io.containerstatus.etcd;

import io.containerstatus.fs.internal.HandOver;
import io.containerstatus.fs.internal.OwnScheduler;
import io.containerstatus.fs.internal.TaskDrain;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Calls the subscribers on the given scheduler, or on daemon threads of the follower. Those threads start
 * when they are first needed. They end after a minute without work, or with the follower.
 */
final class FleetSignals {
    private static final int THREADS = 64;

    private final @Nullable Scheduler given;
    private final OwnScheduler own = new OwnScheduler("status-etcd-signal", THREADS, Integer.MAX_VALUE);
    private final TaskDrain tasks = new TaskDrain(own);

    FleetSignals(@Nullable Scheduler given) {
        this.given = given;
    }

    /**
     * Runs the task on this scheduler; if it is null, on the given scheduler, or else on the own threads. If
     * the scheduler rejects the task, runs it on the calling thread.
     */
    void run(Runnable task, @Nullable Scheduler scheduler) {
        Scheduler chosen = scheduler != null ? scheduler : given;
        if (chosen == null) {
            tasks.run(task);
        } else if (chosen == Schedulers.immediate() || HandOver.give(task, chosen) != null) {
            task.run();
        }
    }

    /**
     * Returns the work with its end signalled through {@link #run}. The work runs to its end, even if the
     * subscriber cancels.
     */
    Mono<Void> hop(Mono<Void> work) {
        return Mono.create(sink -> {
            var unused = work.contextWrite(sink.contextView())
                    .subscribe(
                            none -> {},
                            failure -> run(() -> sink.error(failure), null),
                            () -> run(sink::success, null));
        });
    }

    /** Ends the own threads once they have run their tasks. */
    void end() {
        own.end();
    }
}
