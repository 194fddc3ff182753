package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints;
import java.nio.file.Path;
import java.time.Duration;
import reactor.core.scheduler.Scheduler;

/** The storage of a round of random steps. */
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
         * @param scheduler runs the disk's work
         * @param root the folder of its files, if it has any
         * @param filesWithin how far its files may be behind a journal, if it has one
         */
        abstract RandomizedDisk disk(Scheduler scheduler, Path root, Duration filesWithin);
    }

    StatusCheckpoints checkpoints();

    /** Makes a write fail soon. */
    void failNext();

    /** Makes no write fail any more, as far as this can be undone. */
    void heal();

    /** Checks what the disk holds after a store was healed, synced and closed. Then removes it. */
    void verifyAndRemove(ExpectedStates expectedStates, StatusStore closed);

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
        public void verifyAndRemove(ExpectedStates expectedStates, StatusStore closed) {
            assertThat(checkpoints.violations()).isEmpty();
        }
    }
}
