package io.containerstatus.examples;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The process table of the operating system: which process has a pid at this moment.
 *
 * <p>On Linux, it is read from {@code /proc}. On a system without {@code /proc/self/stat} and {@code boot_id},
 * it comes from {@link ProcessHandle}, which does not distinguish a zombie from a running process. If
 * {@link ProcessHandle} has no start time either, two processes with the same pid cannot be distinguished.
 */
final class ProcessTable {
    /** The process table of the system on which this JVM runs. */
    static final ProcessTable SYSTEM = new ProcessTable(Path.of("/proc"));

    /** The number of the first field of {@code /proc/<pid>/stat} after the name of the command. */
    private static final int FIRST_FIELD = 3;

    private static final int STATE = 3;
    private static final int START_TICK = 22;

    private final Path proc;
    private final Path bootId;

    /** Uses the files below this folder instead of the files below {@code /proc}. */
    ProcessTable(Path proc) {
        this.proc = proc;
        this.bootId = proc.resolve("sys/kernel/random/boot_id");
    }

    /**
     * One process.
     *
     * @param start differs between any two processes that have the same pid one after the other, and does not
     *     change if the clock is set. On Linux, it contains the clock tick of the start, counted from the
     *     boot, and the id of the boot
     * @param zombie whether the process has ended, and only waits for its parent to read the exit code
     */
    record Entry(String start, boolean zombie) {}

    /**
     * Returns the process that has this pid, or empty if there is none.
     *
     * @throws IOException if the table cannot be read; this says nothing about the process
     */
    Optional<Entry> find(long pid) throws IOException {
        boolean linux = Files.exists(proc.resolve("self/stat")) && Files.exists(bootId);
        return linux ? findInProc(pid) : ProcessHandle.of(pid).map(ProcessTable::entry);
    }

    private Optional<Entry> findInProc(long pid) throws IOException {
        Path folder = proc.resolve(Long.toString(pid));
        String stat;
        try {
            stat = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            if (Files.notExists(folder)) {
                return Optional.empty();
            }
            throw e;
        }
        String start = "tick " + field(stat, START_TICK) + " of boot "
                + Files.readString(bootId).strip();
        return Optional.of(new Entry(start, field(stat, STATE).equals("Z")));
    }

    /** Returns a field. The name of the command is in parentheses, and may itself contain spaces and parentheses. */
    private static String field(String stat, int number) {
        String afterName = stat.substring(stat.lastIndexOf(')') + 2);
        return afterName.split(" ", -1)[number - FIRST_FIELD];
    }

    private static Entry entry(ProcessHandle process) {
        String start = process.info().startInstant().map(Instant::toString).orElse("unknown");
        return new Entry(start, /* zombie= */ false);
    }
}
