package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints;
import java.nio.file.Path;
import java.time.Duration;
import reactor.core.scheduler.Scheduler;

/** Where a round of random steps stores its statuses. */
interface RandomizedDisk {
    /** The kinds of disks that a round may have. */
    enum Kind {
        MEMORY {
            @Override
            RandomizedDisk disk(Scheduler scheduler, Path root, Duration filesWithin) {
                return new Memory(scheduler);
            }
        },
        FILES_BEHIND_A_JOURNAL {
            @Override
            RandomizedDisk disk(Scheduler scheduler, Path root, Duration filesWithin) {
                return new JournaledDisk(scheduler, root, filesWithin);
            }
        };

        /**
         * Returns a disk without containers.
         *
         * @param scheduler what its work runs on
         * @param root where its files lie, if it has any
         * @param filesWithin how far its files may be behind a journal, if it has one
         */
        abstract RandomizedDisk disk(Scheduler scheduler, Path root, Duration filesWithin);
    }

    StatusCheckpoints checkpoints();

    /** Has a write fail soon. */
    void failNext();

    /** Has no write fail any more, as far as that can be taken back. */
    void heal();

    /** Checks what is left on the disk by a store that was healed, synced and closed; then removes it. */
    void verifyAndRemove(Lives lives, StatusStore closed);

    /** A disk in memory, which counts violations of the adapter's contract. */
    final class Memory implements RandomizedDisk {
        private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();

        private Memory(Scheduler scheduler) {
            checkpoints.answerOn(scheduler);
        }

        @Override
        public StatusCheckpoints checkpoints() {
            return checkpoints;
        }

        @Override
        public void failNext() {
            checkpoints.failNext(StoreTest.notWritten("planned"));
        }

        @Override
        public void heal() {}

        @Override
        public void verifyAndRemove(Lives lives, StatusStore closed) {
            assertThat(checkpoints.violations()).isEmpty();
        }
    }
}
