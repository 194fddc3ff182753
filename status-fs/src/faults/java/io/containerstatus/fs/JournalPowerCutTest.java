package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.test.ManualScheduler;
import io.containerstatus.testing.DiskState;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Logged;
import io.containerstatus.testing.PowerCutFileSystem;
import io.containerstatus.testing.PowerCutFileSystem.Syncs;
import io.containerstatus.testing.PowerCutFileSystem.Syncs.Outcome;
import io.containerstatus.testing.PrintedCounts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/**
 * A root with a journal on a simulated disk, which keeps or loses each sector of 512 bytes that was overwritten and
 * not synced. After each single operation, in every state that a power cut may leave, the opening with the journal
 * and the one without it must keep each {@link CrashGuarantee}. {@code -Dstatus.counts} prints the number of these states.
 */
@Tag("exhaustive")
class JournalPowerCutTest {
    private static final String WEB = "web-1";
    private static final String DB = "db-1";
    /** Room for two or three records in a segment. */
    private static final int SMALL = JournalFormat.HEADER_SIZE + 1024;

    private static final Duration LATE = Duration.ofHours(1);
    /** So few segments that changes have to wait until the files are written. */
    static final JournalSettings TWO_SEGMENTS = new JournalSettings(SMALL, 2, LATE);

    static final JournalSettings MANY_SEGMENTS = new JournalSettings(SMALL, 16, LATE);

    private static Status updated(int number) {
        return RUNNING.toBuilder().message("update " + number).build();
    }

    static PowerCutFileSystem disk(SortedMap<String, Optional<String>> containers) {
        SortedMap<String, Optional<String>> entries = new TreeMap<>(containers);
        for (String folder : List.of("/var", "/var/lib", CrashStates.ROOT)) {
            entries.put(folder, Optional.empty());
        }
        PowerCutFileSystem disk = PowerCutFileSystem.mounted(new DiskState(entries));
        disk.largestWrite = 256;
        return disk;
    }

    private static void run(JournalCrashes crashes, JournalSettings settings, Syncs syncs) {
        run(crashes, root -> new JournaledWriter(root, settings), syncs);
    }

    /**
     * Two containers, of which one changes often enough to fill several segments; four processes, the third one
     * without a journal.
     */
    static void run(JournalCrashes crashes, Function<Path, Writer> writer, Syncs syncs) {
        ExpectedFiles expectedFiles = new ExpectedFiles();
        expectedFiles.isNow(WEB, ExpectedFiles.ABSENT);
        expectedFiles.isNow(DB, ExpectedFiles.ABSENT);
        PowerCutFileSystem disk = disk(new TreeMap<>());
        disk.syncs = syncs;

        Writer first = writer.apply(disk.getPath(CrashStates.ROOT));
        CrashScenario life = crashes.life(disk, expectedFiles, first);
        ContainerScenario.twice(life::open);
        ContainerScenario.twice(() -> life.create(WEB, CREATED));
        ContainerScenario.twice(() -> life.create(DB, CREATED));
        ContainerScenario.twice(() -> life.write(DB, RUNNING));
        for (int i = 0; i < 7; i++) {
            int number = i;
            ContainerScenario.twice(() -> life.write(WEB, updated(number)));
        }
        ContainerScenario.twice(() -> life.delete(WEB));
        ContainerScenario.twice(() -> life.create(WEB, CREATED));
        ContainerScenario.twice(() -> life.write(WEB, updated(8)));
        ContainerScenario.twice(() -> life.delete(DB));
        first.close();

        Writer second = writer.apply(disk.getPath(CrashStates.ROOT));
        CrashScenario secondLife = crashes.life(disk, expectedFiles, second);
        ContainerScenario.twice(secondLife::open);
        ContainerScenario.twice(() -> secondLife.write(WEB, updated(9)));
        ContainerScenario.twice(() -> secondLife.create(DB, CREATED));
        ContainerScenario.twice(() -> secondLife.write(DB, updated(9)));
        for (int i = 10; i < 16; i++) {
            int number = i;
            ContainerScenario.twice(() -> secondLife.write(WEB, updated(number)));
        }
        second.close();

        LibraryWriter third = new LibraryWriter(disk.getPath(CrashStates.ROOT));
        CrashScenario thirdLife = crashes.life(disk, expectedFiles, third);
        ContainerScenario.twice(thirdLife::open);
        ContainerScenario.twice(() -> thirdLife.write(WEB, updated(16)));
        ContainerScenario.twice(() -> thirdLife.delete(DB));
        thirdLife.close();

        Writer fourth = writer.apply(disk.getPath(CrashStates.ROOT));
        CrashScenario fourthLife = crashes.life(disk, expectedFiles, fourth);
        ContainerScenario.twice(fourthLife::open);
        ContainerScenario.twice(() -> fourthLife.write(WEB, updated(17)));
        ContainerScenario.twice(() -> fourthLife.create(DB, CREATED));
        fourth.close();
    }

    @Test
    void noCrashBreaksAPromise() {
        JournalCrashes crashes = JournalCrashes.every(TWO_SEGMENTS).untilOneIsBroken();
        run(crashes, TWO_SEGMENTS, Syncs.WORK);
        print("journal, every state", crashes);
        assertThat(crashes.broken()).isEmpty();
        assertThat(crashes.powerCuts()).isGreaterThan(200);
    }

    /**
     * More than is expected of a device: it has written only some of the words of a header, all of which are in
     * one sector. Nothing is lost. If the segment did not count before, no damage is reported either.
     */
    @Test
    void noHeaderThatIsCutWithinItsSectorBreaksAPromise() {
        JournalCrashes crashes =
                JournalCrashes.every(TWO_SEGMENTS).ofCutHeaders().untilOneIsBroken();
        try (Logged logged = new Logged("io.containerstatus.fs")) {
            run(crashes, TWO_SEGMENTS, Syncs.WORK);
            assertThat(logged.lines()).as("of segments that counted").isNotEmpty();
        }
        PrintedCounts.print("journal, headers that are cut within their sector: " + crashes.powerCuts() + " states, "
                + crashes.cutBeforeTheyCounted() + " of them of segments that did not count");
        assertThat(crashes.broken()).isEmpty();
        assertThat(crashes.powerCuts()).isGreaterThan(1000);
        assertThat(crashes.cutBeforeTheyCounted()).isGreaterThan(500);
    }

    @Test
    void noCrashInTheMidstOfARecoveryBreaksAPromise() {
        JournalCrashes crashes = JournalCrashes.every(TWO_SEGMENTS).andMore(7).untilOneIsBroken();
        run(crashes, TWO_SEGMENTS, Syncs.WORK);
        print("journal, crash after crash", crashes);
        assertThat(crashes.broken()).isEmpty();
        assertThat(crashes.secondPowerCuts()).isGreaterThan(2000);
    }

    /** What the next process finds may be only in memory. For that, it must not give up what is on the disk. */
    @Test
    void noCrashBreaksAPromiseAfterAKillInTheMidstOfAWrite() {
        runWithKills(Syncs.WORK);
    }

    /** What the next process finds may never get to the disk by another sync. */
    @Test
    void noCrashBreaksAPromiseAfterASyncHasFailedAndAKill() {
        for (int number = 1; number <= 12; number++) {
            int failing = number;
            AtomicInteger syncs = new AtomicInteger();
            runWithKills(path -> path.toString().contains("journal") && syncs.incrementAndGet() == failing
                    ? Outcome.FAILS_AND_FORGETS
                    : Outcome.PERSISTS);
        }
    }

    private static void runWithKills(Syncs syncs) {
        JournalCrashes crashes = afterKills();
        runWithKills(crashes, syncs);
        assertThat(crashes.broken()).isEmpty();
        assertThat(crashes.secondPowerCuts()).isGreaterThan(100);
    }

    /** Returns checks of kills, and of power cuts after them. */
    static JournalCrashes afterKills() {
        return JournalCrashes.sampled(TWO_SEGMENTS, new Random(0), 1).andMore(1).untilOneIsBroken();
    }

    /** A short life. At each moment of it, a process is killed, and another one continues. */
    static void runWithKills(JournalCrashes crashes, Syncs syncs) {
        ExpectedFiles expectedFiles = new ExpectedFiles();
        expectedFiles.isNow(WEB, ExpectedFiles.ABSENT);
        PowerCutFileSystem disk = disk(new TreeMap<>());
        disk.syncs = syncs;
        JournaledWriter writer = new JournaledWriter(disk.getPath(CrashStates.ROOT), MANY_SEGMENTS);
        CrashScenario life = crashes.life(disk, expectedFiles, writer);
        ContainerScenario.twice(life::open);
        ContainerScenario.twice(() -> life.create(WEB, CREATED));
        for (int i = 0; i < 5; i++) {
            int number = i;
            ContainerScenario.twice(() -> life.write(WEB, updated(number)));
        }
        writer.close();
        life.close();
    }

    /** The change then fails, and is tried once more. */
    @Test
    void noCrashBreaksAPromiseWhenASyncHasFailed() {
        int number = 0;
        long states = 0;
        AtomicInteger syncs = new AtomicInteger(Integer.MAX_VALUE);
        while (number < syncs.get()) {
            number++;
            int failing = number;
            syncs.set(0);
            JournalCrashes crashes =
                    JournalCrashes.sampled(MANY_SEGMENTS, new Random(number), 1).untilOneIsBroken();
            run(
                    crashes,
                    MANY_SEGMENTS,
                    path -> syncs.incrementAndGet() == failing ? Outcome.FAILS_AND_FORGETS : Outcome.PERSISTS);
            assertThat(crashes.broken()).as("sync %d fails", failing).isEmpty();
            states += crashes.powerCuts();
        }
        PrintedCounts.print("journal, " + number + " syncs of which one fails: " + states + " states");
        assertThat(number).isGreaterThan(30);
    }

    /** A process that was killed leaves segments of another size than the next one creates. */
    @Test
    void noCrashBreaksAPromiseWhenTheSizeOfSegmentsChanges() {
        ExpectedFiles expectedFiles = new ExpectedFiles();
        expectedFiles.isNow(WEB, ExpectedFiles.ABSENT);
        expectedFiles.isNow(DB, ExpectedFiles.ABSENT);
        PowerCutFileSystem disk = disk(new TreeMap<>());
        JournaledWriter killed = new JournaledWriter(disk.getPath(CrashStates.ROOT), MANY_SEGMENTS);
        CrashScenario before = new CrashScenario(disk, expectedFiles, killed, when -> {});
        before.open();
        before.create(WEB, CREATED);
        before.create(DB, CREATED);
        for (int i = 0; i < 6; i++) {
            before.write(WEB, updated(i));
        }

        JournalSettings larger = new JournalSettings(2 * SMALL, 2, LATE);
        JournalCrashes crashes = JournalCrashes.every(larger).untilOneIsBroken();
        PowerCutFileSystem next = PowerCutFileSystem.mounted(disk.visible());
        next.largestWrite = 256;
        JournaledWriter writer = new JournaledWriter(next.getPath(CrashStates.ROOT), larger);
        CrashScenario life = crashes.life(next, expectedFiles, writer);
        life.open();
        for (int i = 6; i < 12; i++) {
            life.write(WEB, updated(i));
        }
        writer.close();
        life.close();
        before.close();
        print("journal, segments of two sizes", crashes);
        assertThat(crashes.broken()).isEmpty();
        assertThat(crashes.powerCuts()).isGreaterThan(50);
    }

    /** The damaged header is the one that says that no record of the other segments counts. */
    @Test
    void noCrashBreaksAPromiseWhileAJournalWithADamagedHeaderIsRemoved() {
        ExpectedFiles expectedFiles = new ExpectedFiles();
        PowerCutFileSystem disk = disk(new TreeMap<>());
        JournaledWriter killed =
                new JournaledWriter(disk.getPath(CrashStates.ROOT), MANY_SEGMENTS, JournalCrashes.FAILING);
        CrashScenario before = new CrashScenario(disk, expectedFiles, killed, when -> {});
        before.open();
        for (int i = 0; i < 8; i++) {
            expectedFiles.isNow("web-" + i, ExpectedFiles.ABSENT);
            before.create("web-" + i, CREATED);
            before.write("web-" + i, updated(i));
        }

        JournalCrashes crashes = JournalCrashes.every(MANY_SEGMENTS).untilOneIsBroken();
        PowerCutFileSystem next = PowerCutFileSystem.mounted(withDamagedHeader(disk.visible()));
        LibraryWriter writer = new LibraryWriter(next.getPath(CrashStates.ROOT));
        CrashScenario life = crashes.life(next, expectedFiles, writer);
        life.open();
        life.write(WEB, updated(12));
        life.close();
        before.close();
        print("journal, removed with a damaged header", crashes);
        assertThat(crashes.broken()).isEmpty();
        assertThat(crashes.powerCuts()).isGreaterThan(10);
    }

    /** Returns what a process leaves that is killed while it removes the journal. */
    private static DiskState withDamagedHeader(DiskState journaled) {
        PowerCutFileSystem disk = PowerCutFileSystem.mounted(journaled);
        List<String> removed = new ArrayList<>();
        List<DiskState> states = new ArrayList<>();
        disk.observer = (operation, path) -> {
            if (operation == FileOperation.DELETE && path.contains(".status.journal-")) {
                removed.add(path);
                states.add(disk.visible());
            }
        };
        LibraryWriter writer = new LibraryWriter(disk.getPath(CrashStates.ROOT));
        writer.open();
        writer.close();
        TreeMap<String, Optional<String>> entries = new TreeMap<>(states.get(0).entries());
        JournalFaultsTest.damageHeader(entries, removed.get(removed.size() - 1));
        return new DiskState(entries);
    }

    @Test
    void noCrashBreaksAPromiseToOneOfEightContainersThatShareWrites() {
        runContainers(8, 60, new JournalSettings(3 * JournalFormat.HEADER_SIZE, 3, LATE), /* again= */ 97);
    }

    @Test
    void noCrashBreaksAPromiseToOneOf64ContainersThatShareWrites() {
        runContainers(64, 12, new JournalSettings(8 * JournalFormat.HEADER_SIZE, 3, LATE), /* again= */ 0);
    }

    /** The seed decides what changes together, and which states are checked. */
    private static void runContainers(int containers, int rounds, JournalSettings settings, int again) {
        long seed =
                Long.getLong("status.crash.seed", ThreadLocalRandom.current().nextLong());
        Random random = new Random(seed);
        JournalCrashes crashes = JournalCrashes.sampled(settings, random, Integer.getInteger("status.crash.samples", 3))
                .andMore(again);
        ExpectedFiles expectedFiles = new ExpectedFiles();
        SortedMap<String, Optional<String>> entries = new TreeMap<>();
        for (int i = 0; i < containers; i++) {
            expectedFiles.found("web-" + i, Samples.text(CREATED), /* bad= */ false);
            entries.put(CrashStates.ROOT + "/web-" + i, Optional.empty());
            entries.put(CrashStates.ROOT + "/web-" + i + "/status", Optional.of(Samples.text(CREATED)));
        }
        PowerCutFileSystem disk = disk(entries);
        disk.largestWrite = 1000;
        ManualScheduler scheduler = new ManualScheduler();
        StatusCheckpoints checkpoints = JournaledWriter.checkpoints(
                disk.getPath(CrashStates.ROOT), settings, scheduler, UnaryOperator.identity());
        Mono.from(checkpoints.open()).subscribe();
        scheduler.runAll();
        disk.observer = (operation, path) -> crashes.check(disk, expectedFiles, "after " + operation + " " + path);
        List<Throwable> failures = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < containers; i++) {
                if (random.nextInt(8) != 0) {
                    change("web-" + i, updated(round), checkpoints, expectedFiles, random, failures);
                }
            }
            scheduler.runAll();
            crashes.check(disk, expectedFiles, "after round " + round);
        }
        Mono.from(checkpoints.close()).subscribe();
        scheduler.runAll();

        print("journal, " + containers + " containers, -Dstatus.crash.seed=" + seed, crashes);
        assertThat(failures).isEmpty();
        assertThat(crashes.broken()).as("-Dstatus.crash.seed=%d", seed).isEmpty();
        assertThat(crashes.powerCuts()).isGreaterThan(500);
    }

    private static void change(
            String id,
            Status status,
            StatusCheckpoints checkpoints,
            ExpectedFiles expectedFiles,
            Random random,
            List<Throwable> failures) {
        Set<String> before = expectedFiles.of(id);
        boolean isThere = !before.contains(ExpectedFiles.ABSENT);
        boolean deletes = isThere && random.nextInt(16) == 0;
        String content = deletes ? ExpectedFiles.ABSENT : Samples.text(status);
        expectedFiles.begins(id, content);
        Mono.from(
                        deletes
                                ? checkpoints.delete(id)
                                : isThere ? checkpoints.write(id, status) : checkpoints.create(id, status))
                .subscribe(nothing -> {}, failures::add, () -> expectedFiles.acknowledged(id, content, before));
    }

    private static void print(String what, JournalCrashes crashes) {
        PrintedCounts.print(what + ": " + crashes.counts());
    }
}
