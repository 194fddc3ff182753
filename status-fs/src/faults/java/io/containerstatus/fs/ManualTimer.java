package io.containerstatus.fs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A timer that the test triggers. Its clock goes on by itself, and the test can put it forward. */
final class ManualTimer extends JournalTimer {
    private final List<Task> tasks = new ArrayList<>();
    private Duration shortest = Duration.ofDays(1);
    private Duration refused = Duration.ofDays(1);
    private long ahead;

    private record Task(Runnable work, Duration time, long dueAt) {}

    @Override
    synchronized long now() {
        return super.now() + ahead;
    }

    @Override
    synchronized boolean schedule(Runnable task, long nanos) {
        Duration time = Duration.ofNanos(nanos);
        if (time.compareTo(refused) >= 0) {
            return false;
        }
        tasks.add(new Task(task, time, now() + nanos));
        shortest = time.compareTo(shortest) < 0 ? time : shortest;
        return true;
    }

    /** From now on, rejects tasks with this delay or a longer one, as if no thread could be started. */
    synchronized void refuseFrom(Duration time) {
        refused = time;
    }

    /** Puts the clock forward, and runs on this thread the tasks that are due then. */
    void pass(Duration time) {
        List<Task> due;
        synchronized (this) {
            ahead += time.toNanos();
            long now = now();
            due = tasks.stream().filter(task -> task.dueAt() <= now).toList();
            tasks.removeAll(due);
        }
        due.forEach(task -> task.work().run());
    }

    /** Runs on this thread the tasks that were scheduled with this delay or a shorter one, whatever the clock says. */
    void ring(Duration time) {
        List<Task> due;
        synchronized (this) {
            due = tasks.stream()
                    .filter(task -> task.time().compareTo(time) <= 0)
                    .toList();
            tasks.removeAll(due);
        }
        due.forEach(task -> task.work().run());
    }

    /** Returns the task that was scheduled with exactly this delay. The timer then does not run it. */
    synchronized Runnable taken(Duration time) {
        List<Task> all = tasks.stream().filter(task -> task.time().equals(time)).toList();
        tasks.removeAll(all);
        return () -> all.forEach(task -> task.work().run());
    }

    /** Returns the shortest delay that was requested. */
    synchronized Duration shortest() {
        return shortest;
    }
}
