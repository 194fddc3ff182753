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
 * The library on a simulated disk: after each single operation, in every state that a power cut or a kill may leave, the
 * real opening, reading, writing and deletion must keep each {@link Promise}. {@code -Dstatus.counts} prints
 * how many states that were.
 */
class PowerCutTest {
    @ParameterizedTest
    @EnumSource(Story.class)
    void noCrashBreaksAPromise(Story story) {
        Set<String> unknown = new TreeSet<>();
        Syncs noting = path -> {
            String place = SyncPlace.of(path);
            if (!SyncPlace.NEEDED.containsKey(place)) {
                unknown.add(place);
            }
            return Outcome.PERSISTS;
        };
        CrashStates crashes = CrashStates.every().withSyncsAfterwards(noting).untilOneIsBroken();
        story.tell(crashes, LibraryWriter::new, noting);

        print(story.name(), crashes);
        assertThat(crashes.broken()).isEmpty();
        assertThat(unknown)
                .as("syncs of which no test tells that they are needed")
                .isEmpty();
        assertThat(crashes.powerCuts()).isGreaterThanOrEqualTo(story.states);
    }

    /** The write or deletion then fails, and is tried once more. */
    @ParameterizedTest
    @EnumSource(Story.class)
    void noCrashBreaksAPromiseWhenASyncHasFailed(Story story) {
        int number = 0;
        AtomicInteger syncs = new AtomicInteger(Integer.MAX_VALUE);
        while (number < syncs.get()) {
            number++;
            int failing = number;
            syncs.set(0);
            CrashStates crashes = CrashStates.every().ofOnePowerCut();
            story.tell(
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

    /** The seed decides who makes the next operation, and which states are looked at. */
    private static void lifeOfEight(long seed) throws InterruptedException {
        Random random = new Random(seed);
        CrashStates crashes = CrashStates.sampled(random, Integer.getInteger("status.crash.samples", 4));
        PowerCutFileSystem disk = PowerCutFileSystem.blank();
        Ledger ledger = new Ledger();
        Life life = crashes.life(disk, ledger, new LibraryWriter(disk.getPath(CrashStates.ROOT)));
        List<Runnable> lives = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String id = "web-" + i;
            ledger.isNow(id, Ledger.ABSENT);
            lives.add(() -> Story.wholeLife(life, id));
        }
        life.open();
        Turns turns = new Turns(random);
        disk.hook = (operation, path) -> turns.pass();
        turns.run(lives);
        life.close();

        print("eight in parallel, -Dstatus.crash.seed=" + seed, crashes);
        assertThat(crashes.broken()).as("-Dstatus.crash.seed=%d", seed).isEmpty();
        assertThat(crashes.powerCuts()).isGreaterThan(1000);
    }

    private static void print(String what, CrashStates crashes) {
        PrintedCounts.print(what + ": " + crashes.counts());
    }
}
