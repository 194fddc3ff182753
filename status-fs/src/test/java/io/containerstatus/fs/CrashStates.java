package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.testing.DiskState;
import io.containerstatus.testing.PowerCutFileSystem;
import io.containerstatus.testing.PowerCutFileSystem.Syncs;
import io.containerstatus.testing.PowerCuts;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks what crashes may leave. In each state that a power cut may leave, and in the state that a kill leaves,
 * the library opens the root, reads, writes and deletes, and every {@link CrashGuarantee} must hold. Meanwhile, the
 * power may be cut once more.
 */
final class CrashStates {
    static final String ROOT = "/var/lib/run";

    /** The status that is written after a crash. It differs from all statuses that were written before. */
    static final Status NEXT =
            Samples.RUNNING.toBuilder().message("written after the crash").build();

    private final Map<CrashGuarantee, String> broken = new EnumMap<>(CrashGuarantee.class);
    private final Set<Object> checked = new HashSet<>();
    private final @Nullable Random random;
    private final int samples;
    private boolean onlyOne;
    private boolean stops;
    private Syncs syncsAfterwards = Syncs.WORK;
    private long moments;
    private long powerCuts;
    private long secondPowerCuts;
    private long kills;

    private CrashStates(@Nullable Random random, int samples) {
        this.random = random;
        this.samples = samples;
    }

    /** Checks every state. */
    static CrashStates every() {
        return new CrashStates(null, 0);
    }

    /** Checks this many states at each moment, and only one power cut. */
    static CrashStates sampled(Random random, int samples) {
        return new CrashStates(random, samples).ofOnePowerCut();
    }

    /** Leaves out kills and second power cuts. */
    CrashStates ofOnePowerCut() {
        onlyOne = true;
        return this;
    }

    /** Decides what the syncs of the processes after a crash do. */
    CrashStates withSyncsAfterwards(Syncs syncs) {
        syncsAfterwards = syncs;
        return this;
    }

    /** Checks no more states once a promise was broken. */
    CrashStates untilOneIsBroken() {
        stops = true;
        return this;
    }

    /** Returns the promises that were broken, each with the moment at which that was first detected. */
    Map<CrashGuarantee, String> broken() {
        return broken;
    }

    /** Returns how many different states after a first power cut were checked. */
    long powerCuts() {
        return powerCuts;
    }

    /** Returns what was checked; equal states are counted once. */
    String counts() {
        return moments + " moments, " + powerCuts + " states after a power cut, " + kills + " after a kill, "
                + secondPowerCuts + " after a power cut that followed on one of these";
    }

    /** Returns a life with checks at every operation on the disk, and after every acknowledged change. */
    CrashScenario life(PowerCutFileSystem disk, ExpectedFiles expectedFiles, Writer writer) {
        return new CrashScenario(disk, expectedFiles, writer, new CrashScenario.Checks() {
            @Override
            public void check(String when) {
                if (stops && !broken.isEmpty()) {
                    return;
                }
                moments++;
                cutPower(disk, expectedFiles, when);
                if (!onlyOne) {
                    kill(disk, expectedFiles, when, /* writesFirst= */ true);
                    kill(disk, expectedFiles, when, /* writesFirst= */ false);
                }
            }

            @Override
            public void acknowledged(String id) {
                new OpenedRoot(broken, disk, "once acknowledged").requireNothingBesideStatus(id, expectedFiles);
            }
        });
    }

    private void cutPower(PowerCutFileSystem disk, ExpectedFiles expectedFiles, String when) {
        for (DiskState state : states(disk)) {
            if (!checked.add(List.of("first", state.key(), expectedFiles.key()))) {
                continue;
            }
            powerCuts++;
            Optional<ExpectedFiles> known =
                    recover(PowerCutFileSystem.mounted(state), expectedFiles, when + ", power cut");
            if (known.isPresent()
                    && !onlyOne
                    && checked.add(List.of("alive", state.key(), known.get().key()))) {
                runNextProcess(
                        PowerCutFileSystem.mounted(state), known.get(), when + ", power cut", /* writesFirst= */ true);
            }
        }
    }

    private Iterable<DiskState> states(PowerCutFileSystem disk) {
        PowerCuts cuts = disk.powerCuts();
        if (random == null) {
            return cuts.all();
        }
        return () -> random.ints(samples).mapToObj(i -> cuts.sample(random)).iterator();
    }

    private void kill(PowerCutFileSystem disk, ExpectedFiles expectedFiles, String when, boolean writesFirst) {
        kills++;
        runNextProcess(disk.afterKill(), expectedFiles.copy(), when + ", kill", writesFirst);
    }

    /** Opens the root, compares what was found with what is allowed, and writes. Returns what was found. */
    private Optional<ExpectedFiles> recover(PowerCutFileSystem disk, ExpectedFiles expectedFiles, String when) {
        new OpenedRoot(broken, disk, when).requireRemoved(expectedFiles);
        LibraryWriter library = new LibraryWriter(disk.getPath(ROOT));
        try {
            library.open();
            OpenedRoot finding = new OpenedRoot(broken, disk, when);
            ExpectedFiles found = finding.compare(library, expectedFiles);
            finding.requireSwept(found);
            for (String id : expectedFiles.ids()) {
                library.write(id, NEXT);
                if (!library.read(id).equals(Optional.of(NEXT))) {
                    finding.report(CrashGuarantee.LIFE_GOES_ON, "what was written is not read");
                }
            }
            return Optional.of(found);
        } catch (RuntimeException e) {
            new OpenedRoot(broken, disk, when).report(CrashGuarantee.LIFE_GOES_ON, e.toString());
            return Optional.empty();
        } finally {
            library.close();
        }
    }

    /** Simulates the next process, during which the power may be cut: it opens, compares, writes and deletes. */
    private void runNextProcess(
            PowerCutFileSystem disk, ExpectedFiles expectedFiles, String when, boolean writesFirst) {
        LibraryWriter library = new LibraryWriter(disk.getPath(ROOT));
        disk.syncs = syncsAfterwards;
        CrashScenario life = new CrashScenario(
                disk, expectedFiles, library, later -> cutPowerAgain(disk, expectedFiles, when + ", " + later));
        boolean goesOn = life.open();
        if (goesOn) {
            OpenedRoot finding = new OpenedRoot(broken, disk, when);
            ExpectedFiles found = finding.compare(library, expectedFiles);
            finding.requireSwept(found);
        }
        for (String id : expectedFiles.ids()) {
            goesOn = goesOn && (!writesFirst || life.write(id, NEXT)) && life.delete(id) && life.write(id, NEXT);
        }
        if (!goesOn) {
            new OpenedRoot(broken, disk, when).report(CrashGuarantee.LIFE_GOES_ON, "something failed");
        }
        life.close();
    }

    private void cutPowerAgain(PowerCutFileSystem disk, ExpectedFiles expectedFiles, String when) {
        for (DiskState state : states(disk)) {
            if (checked.add(List.of("again", state.key(), expectedFiles.key()))) {
                secondPowerCuts++;
                recover(PowerCutFileSystem.mounted(state), expectedFiles, when + ", power cut");
            }
        }
    }
}
