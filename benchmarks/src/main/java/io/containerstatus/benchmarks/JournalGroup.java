package io.containerstatus.benchmarks;

import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The costs and benefits of a journal in front of the files: compared with other programs, compared with the
 * files, and as the root grows. Each part is a group that can be measured alone. All parts report under
 * {@link #NAME}.
 */
record JournalGroup(String name, Measurement measurement) implements Group {
    static final String NAME = "journal";

    static final List<JournalGroup> PARTS = List.of(
            new JournalGroup("journal-peers", JournalPeers::measure),
            new JournalGroup("journal-growth", JournalGrowth::measure),
            new JournalGroup("journal-burst", JournalBurst::measure),
            new JournalGroup("journal-waits", JournalWaits::measure),
            new JournalGroup("journal-disks", JournalFileSystems::measure),
            new JournalGroup("journal-recovery", JournalRecovery::measure),
            new JournalGroup("journal-segments", JournalSegmentSizes::measure));

    /** Measures one part. */
    @FunctionalInterface
    interface Measurement {
        void in(Run run) throws Exception;
    }

    @Override
    public void measure(Run run) throws Exception {
        measurement.in(run);
    }

    /** Opens a store with a journal. The files are at most a second behind. */
    static StoreKeys open(Path root, int containers) {
        return new StoreKeys(StatusStore.builder(root).journaled(), containers);
    }

    /** Calls for this time. Returns how many calls were acknowledged per second. */
    @FunctionalInterface
    interface Calling {
        double during(Duration time) throws Exception;
    }

    /**
     * Returns a contender on a store with a journal. A turn counts from the time when the files follow, which
     * is a while after the first update. It leaves nothing to be written during the turns of others.
     */
    static Contender contender(Run run, String name, StoreKeys store, Calling calling) {
        return new Contender(name, () -> {
            calling.during(run.plan().journal().lead());
            double perSecond = calling.during(run.plan().turn());
            store.settle();
            return perSecond;
        });
    }
}
