package io.containerstatus.etcd;

import io.containerstatus.fs.internal.HandOver;
import io.containerstatus.fs.internal.OwnScheduler;
import io.containerstatus.fs.internal.TaskDrain;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Where subscribers are called: on a scheduler that was given, or on daemon threads of the follower's own. Those start when
 * they are first needed, and end when they are idle for a minute, or with the follower.
 */
final class FleetSignals {
    private static final int THREADS = 64;

    private final @Nullable Scheduler given;
    private final OwnScheduler own = new OwnScheduler("status-etcd-signal", THREADS, Integer.MAX_VALUE);
    private final TaskDrain tasks = new TaskDrain(own);

    FleetSignals(@Nullable Scheduler given) {
        this.given = given;
    }

    /** Runs the task on this scheduler, else on the given or own one; on this thread if it does not take the task. */
    void run(Runnable task, @Nullable Scheduler scheduler) {
        Scheduler chosen = scheduler != null ? scheduler : given;
        if (chosen == null) {
            tasks.run(task);
        } else if (chosen == Schedulers.immediate() || HandOver.give(task, chosen) != null) {
            task.run();
        }
    }

    /** Returns the work with its end signalled here. It runs to its end, whether or not somebody still wants to know. */
    Mono<Void> hop(Mono<Void> work) {
        return Mono.create(sink -> {
            var unused = work.contextWrite(sink.contextView())
                    .subscribe(
                            none -> {},
                            failure -> run(() -> sink.error(failure), null),
                            () -> run(sink::success, null));
        });
    }

    /** Ends the own threads, once they are through with what they have. */
    void end() {
        own.end();
    }
}
