package io.containerstatus.benchmarks;

import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a journal in front of the files costs and brings: beside others, beside the files, and as the root grows. Each part
 * is a group that can be measured alone; all of them report under {@link #NAME}.
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

    /** Opens a store with a journal, the files at most a second behind. */
    static StoreKeys open(Path root, int containers) {
        return new StoreKeys(StatusStore.builder(root).journaled(), containers);
    }

    /** Calls for so long; returns how many calls a second were acknowledged. */
    @FunctionalInterface
    interface Calling {
        double during(Duration time) throws Exception;
    }

    /**
     * A turn on a store with a journal. It counts from when the files follow, as they do a while after the first update,
     * and leaves nothing to be written in the turns of others.
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
