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
 * Looks at what crashes may leave. In each state that a power cut may leave, and in the one that a kill leaves, the
 * library opens the root, reads, writes and deletes, and every {@link Promise} must hold; while it does that, the power
 * may be cut once more.
 */
final class CrashStates {
    static final String ROOT = "/var/lib/run";

    /** What is written after a crash: unlike all that was written before it. */
    static final Status NEXT =
            Samples.RUNNING.toBuilder().message("written after the crash").build();

    private final Map<Promise, String> broken = new EnumMap<>(Promise.class);
    private final Set<Object> seen = new HashSet<>();
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

    /** Looks at every state there is. */
    static CrashStates every() {
        return new CrashStates(null, 0);
    }

    /** Looks at so many states at each moment, and at one power cut only. */
    static CrashStates sampled(Random random, int samples) {
        return new CrashStates(random, samples).ofOnePowerCut();
    }

    /** Leaves out kills, and second power cuts. */
    CrashStates ofOnePowerCut() {
        onlyOne = true;
        return this;
    }

    /** Decides what the syncs of the processes that come after a crash do. */
    CrashStates withSyncsAfterwards(Syncs syncs) {
        syncsAfterwards = syncs;
        return this;
    }

    /** Looks no further once a promise was seen broken. */
    CrashStates untilOneIsBroken() {
        stops = true;
        return this;
    }

    /** Returns the promises that were broken, each with where that was seen first. */
    Map<Promise, String> broken() {
        return broken;
    }

    /** Returns how many different states after a first power cut were looked at. */
    long powerCuts() {
        return powerCuts;
    }

    /** Returns what was looked at; states that differ in nothing are counted once. */
    String counts() {
        return moments + " moments, " + powerCuts + " states after a power cut, " + kills + " after a kill, "
                + secondPowerCuts + " after a power cut that followed on one of these";
    }

    /** Returns a life at which it looks: at every operation on the disk, and when something was acknowledged. */
    Life life(PowerCutFileSystem disk, Ledger ledger, Writer writer) {
        return new Life(disk, ledger, writer, new Life.Looking() {
            @Override
            public void look(String when) {
                if (stops && !broken.isEmpty()) {
                    return;
                }
                moments++;
                cutPower(disk, ledger, when);
                if (!onlyOne) {
                    kill(disk, ledger, when, /* writesFirst= */ true);
                    kill(disk, ledger, when, /* writesFirst= */ false);
                }
            }

            @Override
            public void acknowledged(String id) {
                new Finding(broken, disk, "once acknowledged").requireNothingBesideStatus(id, ledger);
            }
        });
    }

    private void cutPower(PowerCutFileSystem disk, Ledger ledger, String when) {
        for (DiskState state : states(disk)) {
            if (!seen.add(List.of("first", state.key(), ledger.key()))) {
                continue;
            }
            powerCuts++;
            Optional<Ledger> known = recover(PowerCutFileSystem.mounted(state), ledger, when + ", power cut");
            if (known.isPresent()
                    && !onlyOne
                    && seen.add(List.of("alive", state.key(), known.get().key()))) {
                liveOn(PowerCutFileSystem.mounted(state), known.get(), when + ", power cut", /* writesFirst= */ true);
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

    private void kill(PowerCutFileSystem disk, Ledger ledger, String when, boolean writesFirst) {
        kills++;
        liveOn(disk.afterKill(), ledger.copy(), when + ", kill", writesFirst);
    }

    /** Opens, and compares what is there with what may be; then writes. Returns what was found. */
    private Optional<Ledger> recover(PowerCutFileSystem disk, Ledger ledger, String when) {
        new Finding(broken, disk, when).requireRemoved(ledger);
        LibraryWriter library = new LibraryWriter(disk.getPath(ROOT));
        try {
            library.open();
            Finding finding = new Finding(broken, disk, when);
            Ledger found = finding.compare(library, ledger);
            finding.requireSwept(found);
            for (String id : ledger.ids()) {
                library.write(id, NEXT);
                if (!library.read(id).equals(Optional.of(NEXT))) {
                    finding.report(Promise.LIFE_GOES_ON, "what was written is not read");
                }
            }
            return Optional.of(found);
        } catch (RuntimeException e) {
            new Finding(broken, disk, when).report(Promise.LIFE_GOES_ON, e.toString());
            return Optional.empty();
        } finally {
            library.close();
        }
    }

    /** What the next process does, while the power may be cut: opens, compares, writes and deletes. */
    private void liveOn(PowerCutFileSystem disk, Ledger ledger, String when, boolean writesFirst) {
        LibraryWriter library = new LibraryWriter(disk.getPath(ROOT));
        disk.syncs = syncsAfterwards;
        Life life = new Life(disk, ledger, library, later -> cutPowerAgain(disk, ledger, when + ", " + later));
        boolean goesOn = life.open();
        if (goesOn) {
            Finding finding = new Finding(broken, disk, when);
            Ledger found = finding.compare(library, ledger);
            finding.requireSwept(found);
        }
        for (String id : ledger.ids()) {
            goesOn = goesOn && (!writesFirst || life.write(id, NEXT)) && life.delete(id) && life.write(id, NEXT);
        }
        if (!goesOn) {
            new Finding(broken, disk, when).report(Promise.LIFE_GOES_ON, "something failed");
        }
        life.close();
    }

    private void cutPowerAgain(PowerCutFileSystem disk, Ledger ledger, String when) {
        for (DiskState state : states(disk)) {
            if (seen.add(List.of("again", state.key(), ledger.key()))) {
                secondPowerCuts++;
                recover(PowerCutFileSystem.mounted(state), ledger, when + ", power cut");
            }
        }
    }
}
