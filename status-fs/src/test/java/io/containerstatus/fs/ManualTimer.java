package io.containerstatus.fs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A timer whose time comes when the test says so. */
final class ManualTimer extends JournalTimer {
    private final List<Task> tasks = new ArrayList<>();
    private Duration shortest = Duration.ofDays(1);

    private record Task(Runnable work, Duration time) {}

    @Override
    synchronized void schedule(Runnable task, long nanos) {
        Duration time = Duration.ofNanos(nanos);
        tasks.add(new Task(task, time));
        shortest = time.compareTo(shortest) < 0 ? time : shortest;
    }

    /** Runs, on this thread, what was scheduled until now with this time or a shorter one. */
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

    /** Returns the shortest time that was asked for. */
    synchronized Duration shortest() {
        return shortest;
    }
}
