package io.containerstatus.examples;

import io.containerstatus.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What tells a process from all others that ever had its pid: the moment of its start.
 *
 * @param pid its id
 * @param startedAt when it started, as the operating system has it
 */
record ProcessIdentity(long pid, Instant startedAt) {
    /**
     * The JDK adds the ticks from the boot to the start of the process, a hundred a second, to the time of the boot,
     * which Linux gives in whole seconds and moves along when the clock is set: two JVMs may see starts that are seconds
     * apart, but always whole ones. So a pid that was reused within this time is still told apart, unless the two starts
     * fall into the same hundredth of a second.
     *
     * <p>A clock that was set by more than this makes a living process look like another one. The ticks alone would not,
     * but containerd's status has no field for them.
     */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    static ProcessIdentity of(ProcessHandle process) {
        return new ProcessIdentity(process.pid(), process.info().startInstant().orElseGet(Instant::now));
    }

    /** Returns the process of a RUNNING status. */
    static ProcessIdentity recordedIn(Status status) {
        return new ProcessIdentity(status.pid(), Objects.requireNonNull(status.startedAt(), "startedAt"));
    }

    Mono<Boolean> isRunning() {
        return Mono.fromCallable(this::isRunningNow).subscribeOn(Schedulers.boundedElastic());
    }

    /**
     * Completes when the process has ended, at once if it has.
     *
     * <p>Not with {@link ProcessHandle#onExit}, which looks from time to time as well when the process is no child of
     * this one, but takes a zombie for a living process. An orphan stays a zombie for ever where pid 1 does not care,
     * as in many a sandbox.
     */
    Mono<Void> ended() {
        return Flux.interval(Duration.ZERO, LOOK_EVERY, Schedulers.boundedElastic())
                .takeWhile(look -> isRunningNow())
                .then();
    }

    private boolean isRunningNow() {
        return ProcessHandle.of(pid)
                        .flatMap(process -> process.info().startInstant())
                        .filter(this::isStart)
                        .isPresent()
                && !isGoneOrZombie();
    }

    private boolean isStart(Instant seen) {
        Duration apart = Duration.between(startedAt, seen).abs();
        return apart.equals(apart.truncatedTo(ChronoUnit.SECONDS)) && apart.compareTo(TOLERANCE) <= 0;
    }

    /** Asked after the process was seen: it may have been a zombie then, and have been reaped since. */
    boolean isGoneOrZombie() {
        Path entry = Path.of("/proc/" + pid);
        try {
            // The state follows the name, which stands in parentheses and may hold any byte.
            String stat = Files.readString(entry.resolve("stat"), StandardCharsets.ISO_8859_1);
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
        } catch (IOException e) {
            // No entry means gone; but on a system without such files it means nothing.
            return Files.notExists(entry) && Files.isDirectory(Path.of("/proc/self"));
        }
    }
}
