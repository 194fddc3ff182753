package io.containerstatus.examples;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What tells a process from all others that ever had its pid. A step of the system's clock does not change it, and after
 * a reboot no process has it.
 *
 * <p>Both parts are as seen from within this process's pid namespace and time namespace. A supervisor in other
 * namespaces does not recognise the process.
 *
 * @param pid its id
 * @param start what distinguishes its start, see {@link ProcessTable.Entry#start}
 */
record ProcessIdentity(long pid, String start) {
    /**
     * How far {@link ProcessHandle} may be off: it adds the time since the boot, in hundredths of a second, to the time
     * of the boot, which Linux gives in whole seconds.
     */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    /**
     * Emits the identity of the process that has this pid now, which must not be reaped yet; or fails with an {@link
     * IOException} if there is no such process, or the process table cannot be read.
     */
    static Mono<ProcessIdentity> of(long pid) {
        return find(pid).switchIfEmpty(Mono.error(() -> new IOException("no process has the pid " + pid)));
    }

    /**
     * Emits the identity of the process that has this pid now, if it started within 2 seconds of this time. Completes
     * empty if not.
     *
     * <p>Without a recorded identity this is all that can be asked, and it may be wrong. If the clock was set in
     * between by more than 2 seconds, a living process is not found. If the pid was reused within 2 seconds of the
     * start, the wrong process is found.
     */
    static Mono<ProcessIdentity> startedAbout(long pid, Instant time) {
        return find(pid).filter(identity -> ProcessHandle.of(pid)
                .flatMap(process -> process.info().startInstant())
                .filter(start -> Duration.between(time, start).abs().compareTo(TOLERANCE) <= 0)
                .isPresent());
    }

    private static Mono<ProcessIdentity> find(long pid) {
        return Mono.fromCallable(() -> ProcessTable.SYSTEM
                        .find(pid)
                        .map(process -> new ProcessIdentity(pid, process.start()))
                        .orElse(null))
                .subscribeOn(Schedulers.boundedElastic());
    }

    /** Emits whether the process is still there; fails with an {@link IOException} if that cannot be found out. */
    Mono<Boolean> isRunning() {
        return Mono.fromCallable(() -> isRunningIn(ProcessTable.SYSTEM)).subscribeOn(Schedulers.boundedElastic());
    }

    /** A zombie has ended. It stays one for ever where pid 1 does not reap orphans, as in many a container. */
    boolean isRunningIn(ProcessTable table) throws IOException {
        return table.find(pid)
                .filter(process -> process.start().equals(start) && !process.zombie())
                .isPresent();
    }

    /**
     * Completes when the process has ended, at once if it has. It looks from time to time, as {@link
     * ProcessHandle#onExit} does as well for a process that is no child of this one; but {@code onExit} takes a zombie
     * for a living process.
     */
    Mono<Void> ended() {
        return isRunning()
                .filter(running -> !running)
                .repeatWhenEmpty(looks -> looks.delayElements(LOOK_EVERY))
                .then();
    }
}
