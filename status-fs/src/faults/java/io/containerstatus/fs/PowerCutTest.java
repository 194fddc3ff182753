package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.testing.PowerCutFileSystem;
import io.containerstatus.testing.PowerCutFileSystem.Syncs;
import io.containerstatus.testing.PowerCutFileSystem.Syncs.Outcome;
import io.containerstatus.testing.PrintedCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The library on a simulated disk. After each single operation, in every state that a power cut or a kill may
 * leave, the real opening, reading, writing and deletion must keep each {@link CrashGuarantee}.
 * {@code -Dstatus.counts} prints the number of these states.
 */
@Tag("exhaustive")
class PowerCutTest {
    @ParameterizedTest
    @EnumSource(ContainerScenario.class)
    void noCrashBreaksAPromise(ContainerScenario scenario) {
        Set<String> unknown = new TreeSet<>();
        Syncs noting = path -> {
            String caller = SyncCaller.of(path);
            if (!SyncCaller.NEEDED.containsKey(caller)) {
                unknown.add(caller);
            }
            return Outcome.PERSISTS;
        };
        CrashStates crashes = CrashStates.every().withSyncsAfterwards(noting).untilOneIsBroken();
        scenario.run(crashes, LibraryWriter::new, noting);

        print(scenario.name(), crashes);
        assertThat(crashes.broken()).isEmpty();
        assertThat(unknown)
                .as("syncs of which no test shows that they are needed")
                .isEmpty();
        assertThat(crashes.powerCuts()).isGreaterThanOrEqualTo(scenario.states);
    }

    /** The write or deletion then fails, and is tried once more. */
    @ParameterizedTest
    @EnumSource(ContainerScenario.class)
    void noCrashBreaksAPromiseWhenASyncHasFailed(ContainerScenario scenario) {
        int number = 0;
        AtomicInteger syncs = new AtomicInteger(Integer.MAX_VALUE);
        while (number < syncs.get()) {
            number++;
            int failing = number;
            syncs.set(0);
            CrashStates crashes = CrashStates.every().ofOnePowerCut();
            scenario.run(
                    crashes,
                    LibraryWriter::new,
                    path -> syncs.incrementAndGet() == failing ? Outcome.FAILS_AND_FORGETS : Outcome.PERSISTS);
            assertThat(crashes.broken()).as("sync %d fails", failing).isEmpty();
        }
        assertThat(number).isGreaterThan(10);
    }

    @Test
    void noCrashBreaksAPromiseToOneOfEightContainersInParallel() throws InterruptedException {
        lifeOfEight(
                Long.getLong("status.crash.seed", ThreadLocalRandom.current().nextLong()));
    }

    @Test
    @Tag("soak")
    void noCrashBreaksAPromiseToOneOfEightContainersForALongTime() throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            lifeOfEight(ThreadLocalRandom.current().nextLong());
        }
    }

    /** The seed decides which thread performs the next operation, and which states are checked. */
    private static void lifeOfEight(long seed) throws InterruptedException {
        Random random = new Random(seed);
        CrashStates crashes = CrashStates.sampled(random, Integer.getInteger("status.crash.samples", 4));
        PowerCutFileSystem disk = PowerCutFileSystem.blank();
        ExpectedFiles expectedFiles = new ExpectedFiles();
        CrashScenario life = crashes.life(disk, expectedFiles, new LibraryWriter(disk.getPath(CrashStates.ROOT)));
        List<Runnable> scenarios = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String id = "web-" + i;
            expectedFiles.isNow(id, ExpectedFiles.ABSENT);
            scenarios.add(() -> ContainerScenario.wholeLife(life, id));
        }
        life.open();
        InterleavedThreads threads = new InterleavedThreads(random);
        disk.hook = (operation, path) -> threads.pass();
        threads.run(scenarios);
        life.close();

        print("eight in parallel, -Dstatus.crash.seed=" + seed, crashes);
        assertThat(crashes.broken()).as("-Dstatus.crash.seed=%d", seed).isEmpty();
        assertThat(crashes.powerCuts()).isGreaterThan(1000);
    }

    private static void print(String what, CrashStates crashes) {
        PrintedCounts.print(what + ": " + crashes.counts());
    }
}
