package io.containerstatus.benchmarks;

import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.time.Duration;

/** What a journal in front of the files costs and brings: beside others, beside the files, and as the root grows. */
final class JournalGroup implements Group {
    static final String NAME = "journal";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void measure(Run run) throws Exception {
        JournalPeers.measure(run);
        JournalGrowth.measure(run);
        JournalBurst.measure(run);
        JournalWaits.measure(run);
        JournalFileSystems.measure(run);
        JournalRecovery.measure(run);
        JournalSegmentSizes.measure(run);
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
